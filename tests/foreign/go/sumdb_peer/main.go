// Verifies what the registry's log says with golang.org/x/mod/sumdb, which shares no line with us.
//
// One question a line on stdin, one answer a line on stdout:
//
//	{"vkey", "note", "tiles": {path: base64}, "leaves": [hash], "inclusions": [{"index", "path"}],
//	 "consistencies": [{"size", "root", "path"}]}
//	{"error": "", "inclusions": [[hash]], "consistencies": [[hash]]}
//
// The note must be signed by the key; the tiles must give its root and these leaf hashes; every
// proof must hold. Answered are the proofs that this side builds from the tiles for the same places.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type inclusion struct {
	Index int64       `json:"index"`
	Path  []tlog.Hash `json:"path"`
}

type consistency struct {
	Size int64       `json:"size"`
	Root tlog.Hash   `json:"root"`
	Path []tlog.Hash `json:"path"`
}

type question struct {
	Vkey          string            `json:"vkey"`
	Note          []byte            `json:"note"`
	Tiles         map[string][]byte `json:"tiles"`
	Leaves        []tlog.Hash       `json:"leaves"`
	Inclusions    []inclusion       `json:"inclusions"`
	Consistencies []consistency     `json:"consistencies"`
}

type answer struct {
	Error         string             `json:"error"`
	Inclusions    []tlog.RecordProof `json:"inclusions"`
	Consistencies []tlog.TreeProof   `json:"consistencies"`
}

// tiles are read by C2SP's paths, which do not name the height.
type tiles map[string][]byte

func (t tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(wanted))
	for i, tile := range wanted {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, ok := t[path]
		if !ok {
			return nil, fmt.Errorf("there is no %s", path)
		}
		read[i] = data
	}
	return read, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	in, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked question
		var found answer
		if err := json.Unmarshal(line, &asked); err != nil {
			found.Error = "question: " + err.Error()
		} else if err := verify(asked, &found); err != nil {
			found.Error = err.Error()
		}
		if err := out.Encode(found); err != nil {
			panic(err)
		}
	}
}

func verify(asked question, found *answer) error {
	tree, err := open(asked.Vkey, asked.Note)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, tiles(asked.Tiles))
	if err := checkLeaves(tree, asked.Leaves, reader); err != nil {
		return err
	}
	for _, asked := range asked.Inclusions {
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, asked.Index)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(asked.Path, tree.N, tree.Hash, asked.Index, leaf[0]); err != nil {
			return fmt.Errorf("inclusion of %d: %w", asked.Index, err)
		}
		proof, err := tlog.ProveRecord(tree.N, asked.Index, reader)
		if err != nil {
			return err
		}
		found.Inclusions = append(found.Inclusions, proof)
	}
	for _, asked := range asked.Consistencies {
		if err := tlog.CheckTree(asked.Path, tree.N, tree.Hash, asked.Size, asked.Root); err != nil {
			return fmt.Errorf("consistency with %d: %w", asked.Size, err)
		}
		proof, err := tlog.ProveTree(tree.N, asked.Size, reader)
		if err != nil {
			return err
		}
		found.Consistencies = append(found.Consistencies, proof)
	}
	return nil
}

// open verifies a checkpoint. Its text is C2SP's; the one of sumdb has another first line.
func open(vkey string, msg []byte) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, errors.New("not a checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, errors.New("not a root")
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

func checkLeaves(tree tlog.Tree, leaves []tlog.Hash, reader tlog.HashReader) error {
	if int64(len(leaves)) != tree.N {
		return fmt.Errorf("%d leaves, but %d are signed", len(leaves), tree.N)
	}
	indexes := make([]int64, len(leaves))
	for i := range leaves {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	read, err := reader.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		if read[i] != leaf {
			return fmt.Errorf("leaf %d has another hash in its tile", i)
		}
	}
	return nil
}

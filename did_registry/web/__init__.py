"""The registry over HTTP: public files and one resolver, the same for everybody.

/log/…   checkpoint, tiles, entry bundles      /dids/{CODE}/…   did.jsonl
/1.0/identifiers/{did}   DID resolution        /types/…, /contexts/…   what types publish
"""

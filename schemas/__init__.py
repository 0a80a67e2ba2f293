"""The catalogue of what the city issues: one TOML file per type, everything else derived.

    *.v1.toml ── type_file ──> CredentialType ──> json_schema, type_metadata, jsonld_context,
                                   │              form_fields, csv_header, credential_metadata
                                   │
    clerk's or CSV input ── parse_entered ──> claims ── derive(on) ──> Derived: predicates added
    disclosed claims ── verify_claims ──> nothing, or InvalidClaims with every problem

`ls schemas/*.v*.toml` is the list of types. `catalogue.py` finds them by name or address.
"""

"""Request bodies against the OpenAPI file: a validator that is not ours, and full samples.

OpenAPI 3.0 is not JSON Schema, and the file is wrong in places, so its schemas are adapted before
`jsonschema` gets them. Each adaptation has a function of its name in `_Adapter`:

| adaptation | reason |
|---|---|
| `nullable` | JSON Schema has no `nullable`; the file also puts it beside `allOf`, without a `type`, and `nullable: false` over a nullable part: the outer one is what is meant |
| `without_read_only` | fields that only responses hold must not be sent; the mark may be behind a `$ref` |
| `dispatched` | `oneOf` is not exclusive here: a text message requires only its `type`, so it fits all; what the discriminator names is what counts |
| `one_of_closed` | a `oneOf` without a discriminator has members that require nothing; each is closed, so that a body fits the one whose keys it has |
| `closed` | no schema forbids unknown keys, and a misspelt key is what a client gets wrong; objects with documented properties are closed where they are used |
"""

from jsonschema import Draft202012Validator
from openapi_file import pascal, properties, resolve

IGNORED = ("description", "example", "default", "title", "deprecated", "writeOnly", "format")


class BodyValidator:
    """Checks request bodies against the file; the adapted components are made once."""

    HIDDEN = "readOnly"

    def __init__(self, spec):
        self._adapter = _Adapter(spec, self.HIDDEN)
        self._components = self._adapter.components()

    def errors(self, schema, body):
        """Return what is wrong with a body, as sentences; nothing for a valid one."""
        adapted = {**self._adapter.root(schema), "components": self._components}
        found = Draft202012Validator(adapted).iter_errors(body)
        return [f"{error.json_path}: {error.message}" for error in found]


class ResponseValidator(BodyValidator):
    """Checks responses and events against the file: what is only ever sent must not be in them."""

    HIDDEN = "writeOnly"


class _Adapter:
    """Turns the file's schemas into JSON Schema."""

    def __init__(self, spec, hidden="readOnly"):
        self.spec = spec
        self.hidden = hidden

    def components(self):
        schemas = self.spec["components"]["schemas"]
        return {"schemas": {name: self.schema(value) for name, value in schemas.items()}}

    def root(self, schema):
        """Adapt the schema of a whole body."""
        return self.used(schema)

    def used(self, schema):
        """Adapt a schema in the place of a value: a body, a property or an item.

        A base with a mapping of its own stands for its members here.
        """
        found = resolve(self.spec, schema)
        if "discriminator" in found and "oneOf" not in found:
            return self.dispatched(found)
        return self.closed(schema, self.schema(schema))

    def schema(self, schema):
        adapted = {}
        for key, value in schema.items():
            if key == "properties":
                adapted[key] = self.without_read_only(value)
            elif key == "items":
                adapted[key] = self.used(value)
            elif key in ("allOf", "anyOf"):
                adapted[key] = [self.schema(part) for part in value]
            elif key == "oneOf" and "discriminator" not in schema:
                adapted["anyOf"] = self.one_of_closed(value)
            elif key == "oneOf":
                adapted |= self.dispatched(schema)
            elif key == "required":
                adapted[key] = [name for name in value if not self.read_only(schema, name)]
            elif key not in (*IGNORED, "discriminator", "nullable", "readOnly"):
                adapted[key] = value
        return self.nullable(schema, adapted)

    def nullable(self, schema, adapted):
        if "nullable" not in schema:
            return adapted
        if not schema["nullable"]:
            return {"allOf": [adapted, {"not": {"type": "null"}}]}
        return {"anyOf": [{"type": "null"}, adapted]}

    def read_only(self, schema, name):
        found = schema.get("properties", {}).get(name, {})
        return self.hidden in found or self.hidden in resolve(self.spec, found)

    def without_read_only(self, props):
        schema = {"properties": props}
        return {name: self.used(p) for name, p in props.items() if not self.read_only(schema, name)}

    def dispatched(self, schema):
        key = schema["discriminator"]["propertyName"]
        found = members(schema)
        named = [
            {
                "if": {"properties": {key: {"const": value}}, "required": [key]},
                "then": self.used({"$ref": reference}),
            }
            for value, reference in found.items()
        ]
        return {
            "type": "object",
            "properties": {key: {"enum": list(found)}},
            "required": [key],
            "allOf": named,
        }

    def one_of_closed(self, parts):
        return [self.used(part) for part in parts]

    def closed(self, schema, adapted):
        if resolve(self.spec, schema).get("additionalProperties"):
            return adapted
        if not properties(self.spec, schema):
            return adapted
        return {**adapted, "unevaluatedProperties": False}


def members(schema):
    """Return the members of a discriminated union, `$ref` by discriminator."""
    mapping = schema["discriminator"].get("mapping")
    return mapping or {part["$ref"].rsplit("/", 1)[1]: part["$ref"] for part in schema["oneOf"]}


def struct_name(reference):
    """Return the struct's name of a `$ref`."""
    return pascal(reference.rsplit("/", 1)[1])


def full(spec, schema, tag=None):
    """Return a value with everything in it that a request may hold.

    Of a union nested in it, the first member. `tag` is what the discriminator of `schema` says.
    """
    found = resolve(spec, schema)
    if "discriminator" in found and "oneOf" in found:
        value, reference = next(iter(members(found).items()))
        return full(spec, {"$ref": reference}, value)
    if "oneOf" in found:
        return full(spec, found["oneOf"][0])
    if "allOf" in found and "properties" not in found and len(found["allOf"]) == 1:
        return full(spec, found["allOf"][0], tag)
    adapter, props = _Adapter(spec), properties(spec, found)
    if props:
        writable = {
            name: full(spec, prop)
            for name, prop in props.items()
            if not adapter.read_only({"properties": props}, name)
        }
        return writable if tag is None else {**writable, "type": tag}
    return _SAMPLES[found["type"]](spec, found)


_SAMPLES = {
    "string": lambda _, schema: schema.get("enum", ["x" * max(1, schema.get("minLength", 1))])[0],
    "integer": lambda _, schema: schema.get("minimum", 1),
    "number": lambda _, schema: schema.get("minimum", 1),
    "boolean": lambda _, __: True,
    "object": lambda _, __: {
        "name": "x"
    },  # also a FormOption, which the file leaves open in `select`
    "array": lambda spec, schema: [full(spec, schema["items"])],
}

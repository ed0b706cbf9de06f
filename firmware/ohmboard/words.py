"""SCPI mnemonics: `SYSTem` may be written SYST or SYSTEM, in any case, and nothing between."""


def short(mnemonic: str) -> str:
    """The short form of a mnemonic: its capitals."""
    return "".join([c for c in mnemonic if not "a" <= c <= "z"])


def spellings(header: str) -> "list[str]":
    """The nodes of a header without and with its optional ones: `ERRor[:NEXT]?` is `ERRor?` and `ERRor:NEXT?`."""
    begin = header.find("[")
    if begin < 0:
        return [header]
    end = header.find("]")
    return [header[:begin] + header[end + 1 :], header[:begin] + header[begin + 1 : end] + header[end + 1 :]]


class HeaderIndex:
    """Finds the place of a header in a list of headers."""

    def __init__(self, headers: "list[str]") -> None:
        self._shorts = {}  # type: dict[str, str]
        self._places = {}  # type: dict[str, int]
        for place, header in enumerate(headers):
            for spelling in spellings(header):
                nodes = spelling.rstrip("?").split(":")
                for node in nodes:
                    self._shorts[node.upper()] = short(node)
                    self._shorts[short(node)] = short(node)
                self._places[self._key(nodes, spelling.endswith("?"))] = place

    def find(self, header: str) -> int:
        """The place of a header as sent, or -1."""
        header = header.upper()
        if header.startswith(":"):
            header = header[1:]
        query = header.endswith("?")
        words = (header[:-1] if query else header).split(":")
        nodes = []
        for word in words:
            node = self._shorts.get(word)
            if node is None:
                return -1
            nodes.append(node)
        return self._places.get(self._key(nodes, query), -1)

    def _key(self, nodes: "list[str]", query: bool) -> str:
        return ":".join([short(node) for node in nodes]) + ("?" if query else "")

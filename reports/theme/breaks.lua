-- A line break in the source is no space beside a Chinese character: sentences may stand on lines of their own.

local function is_wide(character)
  return character and utf8.codepoint(character) >= 0x2E80
end

local function edge(inline, pattern)
  return inline and pandoc.utils.stringify(inline):match(pattern)
end

function Inlines(inlines)
  local kept = pandoc.List()
  for position, inline in ipairs(inlines) do
    local before = edge(inlines[position - 1], utf8.charpattern .. "$")
    local after = edge(inlines[position + 1], "^" .. utf8.charpattern)
    if not (inline.t == "SoftBreak" and (is_wide(before) or is_wide(after))) then
      kept:insert(inline)
    end
  end
  return kept
end

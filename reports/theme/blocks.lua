-- Fenced divs and spans with a class, and headings: HTML styles them by class, typst by functions of theme.typ.

local typst = FORMAT:match("typst") ~= nil

local function raw(text)
  return pandoc.RawBlock("typst", text)
end

local function names(classes)
  local quoted = {}
  for _, class in ipairs(classes) do
    table.insert(quoted, '"' .. class .. '"')
  end
  return "(" .. table.concat(quoted, ", ") .. ",)"
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("{", "\\u{7b}") .. '"'
end

local function key_figures(div)
  local blocks = pandoc.List({ raw("#key-figures(") })
  for _, card in ipairs(div.content) do
    if card.t == "Div" and card.classes:includes("key-figure") then
      blocks:insert(raw("["))
      blocks:extend(card.content)
      blocks:insert(raw("],"))
    else
      error("a .key-figures block holds .key-figure blocks only, found: " .. pandoc.utils.stringify(card))
    end
  end
  blocks:insert(raw(")"))
  return blocks
end

function Div(div)
  if typst and div.classes:includes("figure-data") then
    return {}
  end
  if div.classes:includes("page-break") then
    return typst and raw("#pagebreak(weak: true)") or {}
  end
  local is_later = div.classes:includes("beside") or div.classes:includes("first-page") -- figures.lua
  if not typst or #div.classes == 0 or div.classes:includes("key-figure") or is_later then
    return nil
  end
  if div.classes:includes("key-figures") then
    return key_figures(div)
  end
  local blocks = pandoc.List({ raw("#styled-block(" .. names(div.classes) .. ")[") })
  blocks:extend(div.content)
  blocks:insert(raw("]"))
  return blocks
end

function Span(span)
  if not typst or #span.classes == 0 then
    return nil
  end
  local inlines = pandoc.List({ pandoc.RawInline("typst", "#styled(" .. names(span.classes) .. ")[") })
  inlines:extend(span.content)
  inlines:insert(pandoc.RawInline("typst", "]"))
  return inlines
end

-- Written out here, because Quarto and pandoc shift heading levels differently.
function Header(header)
  if not typst then
    return nil
  end
  local level = math.max(1, header.level - 1)
  local inlines = pandoc.List({ pandoc.RawInline("typst", "#heading(level: " .. level .. ")[") })
  inlines:extend(header.content)
  local label = header.identifier ~= "" and " #label(" .. quoted(header.identifier) .. ")" or ""
  inlines:insert(pandoc.RawInline("typst", "]" .. label))
  return pandoc.Plain(inlines)
end

-- A line end between Chinese characters is no blank.
function Inlines(inlines)
  for i = #inlines - 1, 2, -1 do
    local before, after = inlines[i - 1], inlines[i + 1]
    if inlines[i].t == "SoftBreak" and before.t == "Str" and after.t == "Str" then
      local left, right = utf8.codepoint(before.text, utf8.offset(before.text, -1)), utf8.codepoint(after.text, 1)
      if left >= 0x2E80 and right >= 0x2E80 then
        inlines:remove(i)
      end
    end
  end
  return inlines
end

local NUMBER = "[%d.,%%]*%d[%d.,%%]*"

-- Minus sign, dash and full-width tilde are several bytes, so the pattern works on stand-ins.
local function find_range(text, from)
  local plain = text:gsub("−", "---"):gsub("～", "~~~"):gsub("–", "~~~"):gsub("‰", "%%%%%%")
  return plain:find("[+%-]*" .. NUMBER .. "~~~" .. "[+%-]*" .. NUMBER, from)
end

-- The two ends of an interval stay on one line; and typst makes no dash of two hyphens, no minus of a hyphen.
function Str(str)
  if typst and (str.text:find("-", 1, true) or str.text:find("..", 1, true)) then
    return pandoc.RawInline("typst", "#" .. quoted(str.text) .. ";")
  end
  if not str.text:find("～", 1, true) and not str.text:find("–", 1, true) then
    return nil
  end
  local pieces, from = pandoc.List({}), 1
  while true do
    local first, last = find_range(str.text, from)
    if not first then
      break
    end
    if first > from then
      pieces:insert(pandoc.Str(str.text:sub(from, first - 1)))
    end
    local range = pandoc.Str(str.text:sub(first, last))
    if typst then
      pieces:extend({ pandoc.RawInline("typst", "#box["), range, pandoc.RawInline("typst", "]") })
    else
      pieces:insert(pandoc.Span({ range }, pandoc.Attr("", { "nowrap" })))
    end
    from = last + 1
  end
  if from == 1 then
    return nil
  end
  if from <= #str.text then
    pieces:insert(pandoc.Str(str.text:sub(from)))
  end
  return pieces
end

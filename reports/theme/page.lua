-- What the page template needs beside the front matter: the words of its language, the contents list, the page's font.

local typst = FORMAT:match("typst") ~= nil

local words = {
  zh = { contents = "目录", skip = "跳到正文" },
  en = { contents = "Contents", skip = "Skip to content" },
}

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub('"', "&quot;"):gsub("{", "&#123;"))
end

local function contents(doc)
  local items = {}
  for _, block in ipairs(doc.blocks) do
    if block.t == "Header" and block.level <= 3 and block.identifier ~= "" then
      local text = escape(pandoc.utils.stringify(block.content))
      table.insert(
        items,
        string.format('<li class="level%d"><a href="#%s">%s</a></li>', block.level, escape(block.identifier), text)
      )
    end
  end
  return table.concat(items, "\n")
end

local function font_css(meta)
  local path = meta["font-css"] and pandoc.utils.stringify(meta["font-css"]) or "font.css"
  local file = io.open(path, "rb")
  if not file then
    return ""
  end
  local css = file:read("a")
  file:close()
  return css
end

local function html(text)
  return pandoc.MetaBlocks({ pandoc.RawBlock("html", text) })
end

-- Quarto takes the words {{< and >}} in a title for a shortcode, unless each is two strings.
local function split_braces(str)
  local at = str.text:find("{{<", 1, true) or str.text:find(">}}", 1, true)
  return at and { pandoc.Str(str.text:sub(1, at)), pandoc.Str(str.text:sub(at + 1)) }
end

function Pandoc(doc)
  for key, value in pairs(doc.meta) do
    if pandoc.utils.type(value) == "Inlines" then
      doc.meta[key] = value:walk({ Str = split_braces })
    end
  end
  local language = pandoc.utils.stringify(doc.meta.lang or "zh-Hans"):match("^%a+")
  local said = words[language] or words.en
  doc.meta["language"] = language
  if typst then
    return doc
  end
  doc.meta["words"] = { contents = said.contents, skip = said.skip }
  doc.meta["contents"] = html(contents(doc))
  doc.meta["font-css"] = html(font_css(doc.meta))
  return doc
end

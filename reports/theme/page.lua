-- What the page template needs beside the front matter: the contents list, the page's font.

local typst = FORMAT:match("typst") ~= nil
local html_page = FORMAT:match("html") ~= nil

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

local function read(path)
  local file = io.open(path, "rb")
  local content = file and file:read("a")
  if file then
    file:close()
  end
  return content
end

local function font_css(meta)
  local path = meta["font-css"] and pandoc.utils.stringify(meta["font-css"]) or "font.css"
  return read(path) or ""
end

-- The logo of the theme, if there is one, was put beside the page.
local logos = { ["logo.svg"] = "image/svg+xml", ["logo.png"] = "image/png" }

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(bytes)
  local padded = bytes .. ("\0"):rep(-#bytes % 3)
  local text = padded:gsub("...", function(three)
    local a, b, c = three:byte(1, 3)
    local number = a << 16 | b << 8 | c
    local four = ""
    for shift = 18, 0, -6 do
      local index = (number >> shift & 63) + 1
      four = four .. letters:sub(index, index)
    end
    return four
  end)
  local filled = -#bytes % 3
  return text:sub(1, #text - filled) .. ("="):rep(filled)
end

local function set_logo(meta)
  for _, name in ipairs({ "logo.svg", "logo.png" }) do
    local content = read(name)
    if content and typst then
      meta.logo = name
    elseif content then
      meta.logo = pandoc.MetaBlocks({ pandoc.RawBlock("html", "data:" .. logos[name] .. ";base64," .. base64(content)) })
    end
    if content then
      return
    end
  end
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
  doc.meta["language"] = pandoc.utils.stringify(doc.meta.lang or "zh-Hans"):match("^%a+")
  if typst or html_page then
    set_logo(doc.meta)
  end
  if not html_page then
    return doc
  end
  doc.meta["contents"] = html(contents(doc))
  doc.meta["font-css"] = html(font_css(doc.meta))
  return doc
end

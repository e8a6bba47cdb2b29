#include "template/samconfig.h"

#include <toml++/toml.h>

#include <sstream>

#include "base/text.h"
#include "template/document.h"
#include "template/node.h"

namespace offstage::templates {
namespace {

Node FromToml(const toml::node& value, const Position& file) {
  const auto& source = value.source();
  const Position position{file.file, static_cast<int>(source.begin.line),
                          static_cast<int>(source.begin.column)};
  if (const toml::table* table = value.as_table()) {
    Node map = Node::Map(position);
    for (const auto& [key, member] : *table) {
      map.entries().push_back({std::string(key.str()), FromToml(member, file), position});
    }
    return map;
  }
  if (const toml::array* array = value.as_array()) {
    Node list = Node::List({}, position);
    for (const toml::node& item : *array) {
      list.items().push_back(FromToml(item, file));
    }
    return list;
  }
  if (const auto* text = value.as_string()) {
    return Node::String(text->get(), position);
  }
  if (const auto* flag = value.as_boolean()) {
    return Node::Bool(flag->get(), position);
  }
  if (const auto* number = value.as_integer()) {
    return Node::Integer(number->get(), position);
  }
  std::ostringstream text;
  value.visit([&text](const auto& any) { text << any; });
  return Node::Scalar(Node::Kind::kFloat, text.str(), position);
}

Result<Node> ReadToml(const std::filesystem::path& file) {
  try {
    const toml::table table = toml::parse_file(file.string());
    return FromToml(table, {std::make_shared<const std::string>(file.filename().string())});
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    return Fail(Error{fmt::format("{}:{}:{}: not valid TOML: {}", file.filename().string(),
                                  begin.line, begin.column, error.description())});
  }
}

Result<Node> ReadAny(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) {
    return Fail(Error{fmt::format("{}: no such file", file.string())});
  }
  if (file.extension() == ".toml") {
    return ReadToml(file);
  }
  OFFSTAGE_TRY(Document document, ReadDocument(file, file.filename().string()));
  return std::move(document.root);
}

// parameter_overrides: a text, a list of texts, or (in YAML) a map.
Result<TextPairs> ReadOverrides(const Node& written) {
  TextPairs pairs;
  if (written.IsMap()) {
    for (const Entry& entry : written.entries()) {
      pairs.emplace_back(entry.key, entry.value.text());
    }
    return pairs;
  }
  std::vector<std::string> texts;
  if (written.IsList()) {
    for (const Node& item : written.items()) {
      if (item.IsMap()) {
        OFFSTAGE_TRY(const TextPairs more, ReadOverrides(item));
        pairs.insert(pairs.end(), more.begin(), more.end());
      } else {
        texts.push_back(item.text());
      }
    }
  } else {
    texts.push_back(written.text());
  }
  auto parsed = ParseParameterOverrides(texts);
  if (!parsed.ok()) {
    return Fail(Error{fmt::format("{}: parameter_overrides: {}", written.position().Text(),
                                  parsed.error().message)});
  }
  pairs.insert(pairs.end(), parsed->begin(), parsed->end());
  return pairs;
}

Status TakeOptions(const Node* table, SamConfig& config) {
  if (table == nullptr) {
    return Ok();
  }
  const auto take = [table](std::string_view key, std::optional<std::string>& target) {
    if (table->Contains(key)) {
      target = table->TextOf(key);
    }
  };
  take("stack_name", config.stack_name);
  take("region", config.region);
  for (const std::string_view key : {"template", "template_file"}) {
    if (table->Contains(key)) {
      config.template_file = std::filesystem::path(table->TextOf(key));
    }
  }
  if (const Node* overrides = table->Find("parameter_overrides")) {
    OFFSTAGE_TRY(config.parameters, ReadOverrides(*overrides));
  }
  return Ok();
}

// A word with its quotes and escapes resolved; `at` moves past it.
std::string TakeWord(std::string_view text, std::size_t& at) {
  std::string word;
  char quote = '\0';
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size()) {
      word.push_back(text[++at]);
    } else if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word.push_back(c);
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      break;
    } else {
      word.push_back(c);
    }
  }
  return word;
}

Result<std::pair<std::string, std::string>> ReadOverride(const std::string& word) {
  constexpr std::string_view kKey = "ParameterKey=";
  constexpr std::string_view kValue = ",ParameterValue=";
  if (word.rfind(kKey, 0) == 0) {
    const std::size_t value = word.find(kValue);
    if (value == std::string::npos) {
      return Fail(Error{fmt::format("'{}' lacks {}...", word, kValue)});
    }
    return std::pair(word.substr(kKey.size(), value - kKey.size()),
                     word.substr(value + kValue.size()));
  }
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Fail(Error{
        fmt::format("'{}' is neither Key=Value nor ParameterKey=Key,ParameterValue=Value", word)});
  }
  return std::pair(word.substr(0, equals), word.substr(equals + 1));
}

}  // namespace

Result<TextPairs> ParseParameterOverrides(const std::vector<std::string>& texts) {
  TextPairs pairs;
  for (const std::string& text : texts) {
    std::size_t at = 0;
    while (at < text.size()) {
      if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
        ++at;
        continue;
      }
      OFFSTAGE_TRY(auto pair, ReadOverride(TakeWord(text, at)));
      pairs.push_back(std::move(pair));
    }
  }
  return pairs;
}

Result<SamConfig> ReadSamConfig(const std::filesystem::path& file, std::string_view environment) {
  OFFSTAGE_TRY(const Node root, ReadAny(file));
  SamConfig config;
  config.file = file;
  config.environment = std::string(environment);
  const Node* table = root.Find(environment);
  if (table == nullptr && environment != "default") {
    std::vector<std::string> names;
    for (const Entry& entry : root.entries()) {
      if (entry.value.IsMap()) {
        names.push_back(entry.key);
      }
    }
    return Fail(Error{fmt::format("{}: there is no configuration '{}'; there are: {}",
                                  file.filename().string(), environment, Join(names, ", "))});
  }
  if (table != nullptr) {
    OFFSTAGE_TRY_VOID(TakeOptions(table->FindPath("global", "parameters"), config));
    OFFSTAGE_TRY_VOID(TakeOptions(table->FindPath("deploy", "parameters"), config));
  }
  return config;
}

Result<SamConfig> FindSamConfig(const std::filesystem::path& folder, std::string_view environment) {
  for (const std::string_view name : {"samconfig.toml", "samconfig.yaml", "samconfig.yml"}) {
    std::error_code code;
    if (std::filesystem::is_regular_file(folder / name, code)) {
      return ReadSamConfig(folder / name, environment);
    }
  }
  if (environment != "default") {
    return Fail(
        Error{fmt::format("{}: there is no samconfig.toml, which would have the configuration '{}'",
                          folder.string(), environment)});
  }
  return SamConfig{};
}

}  // namespace offstage::templates

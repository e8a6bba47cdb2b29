#include "scenario/variables.h"

#include <cstdlib>

#include "base/id.h"
#include "base/text.h"
#include "scenario/jsonpath.h"
#include "scenario/shapes.h"

namespace offstage::scenario {

namespace {

constexpr std::string_view kOpen = "${";

Error At(const templates::Position& position, const std::string& message) {
  return {fmt::format("{}: {}", position.Text(), message)};
}

std::uint64_t Below(std::mt19937_64& generator, std::uint64_t bound) {
  return bound == 0 ? 0 : generator() % bound;
}

std::string RandomText(std::mt19937_64& generator, std::size_t length, std::string_view alphabet) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i)
    out.push_back(alphabet[Below(generator, alphabet.size())]);
  return out;
}

std::string Uuid(std::mt19937_64& generator) {
  std::string text = RandomText(generator, 32, "0123456789abcdef");
  text[12] = '4';
  text[16] = "89ab"[Below(generator, 4)];
  for (const std::size_t place : {8U, 13U, 18U, 23U})
    text.insert(place, 1, '-');
  return text;
}

// Any resemblance to people is by chance: first and last names are drawn apart.
std::string RandomName(std::mt19937_64& generator) {
  static constexpr std::string_view kFirst[] = {"Ada",  "Bo",    "Chiara", "Dev",  "Elif", "Femi",
                                                "Gita", "Hana",  "Ivo",    "Jun",  "Kofi", "Lena",
                                                "Mara", "Nils",  "Oki",    "Pia",  "Rosa", "Sami",
                                                "Tess", "Ulrik", "Vera",   "Wade", "Yara", "Zeno"};
  static constexpr std::string_view kLast[] = {
      "Abara", "Berg",  "Costa", "Dufour", "Eriksen", "Fuchs", "Gupta", "Haas",  "Ito",  "Jansen",
      "Kaya",  "Lopez", "Mori",  "Novak",  "Okafor",  "Petit", "Rossi", "Singh", "Tamm", "Weiss"};
  return fmt::format("{} {}", kFirst[Below(generator, std::size(kFirst))],
                     kLast[Below(generator, std::size(kLast))]);
}

// "now-7d" as an offset from the word; null: something else follows the word.
std::optional<std::chrono::milliseconds> Offset(std::string_view rest) {
  if (rest.empty()) return std::chrono::milliseconds(0);
  const char sign = rest.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto duration = ParseDuration(Trim(rest.substr(1)));
  if (!duration) return std::nullopt;
  return sign == '-' ? -*duration : *duration;
}

const std::vector<std::string>& GeneratorNames() {
  static const std::vector<std::string> names = {"uuid",        "now",         "now.epoch",
                                                 "today",       "random-int",  "random-text",
                                                 "random-name", "random-email"};
  return names;
}

}  // namespace

Result<Node> Variables::Resolve(const Node& node) {
  if (node.IsString()) return ResolveText(node);
  if (node.IsList()) {
    Node list = Node::List({}, node.position());
    for (const Node& item : node.items()) {
      OFFSTAGE_TRY(Node resolved, Resolve(item));
      list.items().push_back(std::move(resolved));
    }
    return list;
  }
  if (!node.IsMap()) return node;
  Node map = Node::Map(node.position());
  for (const templates::Entry& entry : node.entries()) {
    OFFSTAGE_TRY(const Node key, ResolveText(Node::String(entry.key, entry.key_position)));
    OFFSTAGE_TRY(Node value, Resolve(entry.value));
    map.entries().push_back({key.text(), std::move(value), entry.key_position});
  }
  return map;
}

Result<Node> Variables::ResolveText(const Node& node) {
  const std::string& text = node.text();
  if (text.find(kOpen) == std::string::npos) return node;
  const bool whole = text.starts_with(kOpen) && text.find('}') == text.size() - 1;
  if (whole) return Lookup(text.substr(2, text.size() - 3), node.position());
  std::string out;
  for (std::size_t place = 0; place < text.size();) {
    if (text.compare(place, 3, "$${") == 0) {
      out += kOpen;
      place += 3;
      continue;
    }
    if (text.compare(place, 2, kOpen) != 0) {
      out.push_back(text[place++]);
      continue;
    }
    const auto end = text.find('}', place);
    if (end == std::string::npos) return Fail(At(node.position(), "`${` has no `}`"));
    OFFSTAGE_TRY(const Node value,
                 Lookup(text.substr(place + 2, end - place - 2), node.position()));
    if (value.IsScalar()) {
      out += value.text();
    } else {
      out += DumpJson(templates::ToOrderedJson(value));
    }
    place = end + 1;
  }
  return Node::String(std::move(out), node.position());
}

Result<Node> Variables::Lookup(const std::string& expression, const templates::Position& position) {
  const std::string name(Trim(expression));
  const std::string first = name.substr(0, name.find_first_of(".[ "));
  if (values_.contains(first) || values_.contains(name)) return FromValues(name, position);
  if (first == "env") {
    const std::string variable = name.size() > 4 ? name.substr(4) : "";
    // Read before any thread of ours changes the environment, which none does.
    const char* value = std::getenv(variable.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr)
      return Fail(At(position, fmt::format("the environment has no variable {}", variable)));
    return Node::String(value, position);
  }
  return Generate(name, position);
}

Result<Node> Variables::FromValues(const std::string& name, const templates::Position& position) {
  if (const auto found = values_.find(name); found != values_.end()) {
    Node value = found->second;
    value.set_position(position);
    return value;
  }
  const auto cut = name.find_first_of(".[");
  const Json root = templates::ToJson(values_.at(name.substr(0, cut)));
  OFFSTAGE_TRY(const JsonPath path, JsonPath::Parse("$" + name.substr(cut)));
  const auto value = path.Value(root);
  if (!value) return Fail(At(position, fmt::format("${{{}}}: there is no such member", name)));
  return Node::FromJson(*value, position);
}

Result<Node> Variables::Generate(const std::string& name, const templates::Position& position) {
  const auto words = Split(name, ' ');
  const std::string word(words.front());
  const auto number = [&words](std::size_t i, std::int64_t fallback) {
    return i < words.size() ? std::strtoll(std::string(words[i]).c_str(), nullptr, 10) : fallback;
  };
  if (word == "uuid") return Node::String(Uuid(generator_), position);
  if (word == "random-name") return Node::String(RandomName(generator_), position);
  if (word == "random-email") {
    return Node::String(RandomText(generator_, 10, kLowerAlphanumeric) + "@example.com", position);
  }
  if (word == "random-text") {
    const auto length =
        static_cast<std::size_t>(std::clamp<std::int64_t>(number(1, 12), 0, 100'000));
    return Node::String(RandomText(generator_, length, kLowerAlphanumeric), position);
  }
  if (word == "random-int") {
    const std::int64_t low = number(1, 0);
    const std::int64_t high = number(2, 1'000'000);
    const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(high - low, 0)) + 1;
    return Node::Integer(low + static_cast<std::int64_t>(Below(generator_, span)), position);
  }
  if (name.starts_with("now.epoch")) {
    if (const auto offset = Offset(name.substr(9)))
      return Node::Integer(ToEpochSeconds(now_() + *offset), position);
  } else if (name.starts_with("now")) {
    if (const auto offset = Offset(name.substr(3)))
      return Node::String(ToIso8601(now_() + *offset), position);
  } else if (name.starts_with("today")) {
    if (const auto offset = Offset(name.substr(5)))
      return Node::String(ToIso8601(now_() + *offset).substr(0, 10), position);
  }
  std::vector<std::string> known = GeneratorNames();
  for (const auto& [variable, value] : values_)
    known.push_back(variable);
  const auto nearest = NearestName(word, known);
  return Fail(At(position, fmt::format("there is no variable ${{{}}}{}", name,
                                       nearest ? fmt::format("; did you mean ${{{}}}?", *nearest)
                                               : "; to write that text itself: $${")));
}

}  // namespace offstage::scenario

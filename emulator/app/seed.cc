#include "app/seed.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace offstage::app {

namespace {

// Builds a document in which every number that a double or int64 might change is kept as its
// digits: as a `binary` value, which no JSON text can contain otherwise.
class ExactBuilder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t, const string_t& digits) override {
    return Add(Json::binary(std::vector<std::uint8_t>(digits.begin(), digits.end())));
  }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(Json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }
  bool key(string_t& key) override {
    key_ = std::move(key);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  Json Take() { return std::move(root_); }

 private:
  Json* Place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    Json& member = parent[key_];
    member = std::move(value);
    return &member;
  }
  bool Add(Json value) {
    Place(std::move(value));
    return true;
  }
  bool Open(Json value) {
    open_.push_back(Place(std::move(value)));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  // Stays valid: a parent is not touched while a child of it is open.
  std::vector<Json*> open_;
  std::string key_;
};

std::string Digits(const Json& number) {
  if (!number.is_binary()) return number.dump();
  const auto& bytes = number.get_binary();
  return {bytes.begin(), bytes.end()};
}

// {"S": "x"}: exactly one member that names a type and holds what the type needs.
bool IsTypedValue(const Json& value) {
  if (!value.is_object() || value.size() != 1) return false;
  const auto member = value.begin();
  const std::string& type = member.key();
  const Json& content = member.value();
  if (type == "S" || type == "N" || type == "B") return content.is_string();
  if (type == "BOOL" || type == "NULL") return content.is_boolean();
  if (type == "L" || type == "SS" || type == "NS" || type == "BS") return content.is_array();
  return type == "M" && content.is_object();
}

bool IsDynamoDbItem(const Json& item) {
  return !item.empty() && std::all_of(item.begin(), item.end(), IsTypedValue);
}

void AppendTyped(const Json& plain, std::string& out) {
  switch (plain.type()) {
    case Json::value_t::null:
      out += "{\"NULL\":true}";
      return;
    case Json::value_t::boolean:
      out += plain.get<bool>() ? "{\"BOOL\":true}" : "{\"BOOL\":false}";
      return;
    case Json::value_t::string:
      out += "{\"S\":";
      AppendJsonString(plain.get_ref<const std::string&>(), out);
      out += '}';
      return;
    case Json::value_t::array: {
      out += "{\"L\":[";
      const char* separator = "";
      for (const Json& element : plain) {
        out += separator;
        AppendTyped(element, out);
        separator = ",";
      }
      out += "]}";
      return;
    }
    case Json::value_t::object: {
      out += "{\"M\":{";
      const char* separator = "";
      for (const auto& [name, value] : plain.items()) {
        out += separator;
        AppendJsonString(name, out);
        out += ':';
        AppendTyped(value, out);
        separator = ",";
      }
      out += "}}";
      return;
    }
    default:
      out += fmt::format("{{\"N\":\"{}\"}}", Digits(plain));
  }
}

std::string ToDynamoDbItem(const Json& item) {
  if (IsDynamoDbItem(item)) return DumpJson(item);
  std::string typed;
  AppendTyped(item, typed);
  // Without the {"M": ... } around it.
  return typed.substr(5, typed.size() - 6);
}

Json ToPlain(const Json& value) {
  if (!IsTypedValue(value)) return value;
  const auto member = value.begin();
  const std::string& type = member.key();
  const Json& content = member.value();
  if (type == "NULL") return nullptr;
  if (type == "N") {
    const auto number = ParseJson(content.get_ref<const std::string&>());
    // A number that a double would change stays text.
    return number.ok() && number->dump() == content.get_ref<const std::string&>() ? *number
                                                                                  : content;
  }
  if (type == "L" || type == "M" || type == "NS") {
    Json plain = content;
    for (Json& element : plain)
      element = type == "NS" ? ToPlain(Json{{"N", element}}) : ToPlain(element);
    return plain;
  }
  return content;
}

}  // namespace

Result<std::vector<SeedTable>> ParseSeed(std::string_view text, std::string_view name) {
  // The first pass finds syntax errors and bounds the depth; the second keeps the digits.
  auto checked = ParseJson(text);
  if (!checked.ok()) return Fail(Error{fmt::format("{}: {}", name, checked.error().message)});
  ExactBuilder builder;
  Json::sax_parse(text.begin(), text.end(), &builder);
  const Json document = builder.Take();
  if (!document.is_object()) {
    return Fail(Error{
        fmt::format("{}: expected an object of tables, like {{\"UsersTable\": [...]}}", name)});
  }
  std::vector<SeedTable> tables;
  for (const auto& [table, value] : document.items()) {
    const bool is_scan_output = value.is_object() && value.contains("Items");
    const Json& items = is_scan_output ? value.at("Items") : value;
    if (!items.is_array()) {
      return Fail(Error{fmt::format("{}: table {}: expected a list of items, found {}", name, table,
                                    items.type_name())});
    }
    SeedTable seed{.table = table, .items = {}};
    for (const Json& item : items) {
      if (!item.is_object()) {
        return Fail(Error{
            fmt::format("{}: table {}: item {} is no object", name, table, seed.items.size() + 1)});
      }
      seed.items.push_back(ToDynamoDbItem(item));
    }
    tables.push_back(std::move(seed));
  }
  return tables;
}

Result<std::vector<SeedTable>> ReadSeedFile(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) {
    return Fail(Error{fmt::format("cannot read the data file {}", file.string())});
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return ParseSeed(text, file.string());
}

std::string ToPlainJson(std::string_view dynamodb_item) {
  auto item = ParseJson(dynamodb_item);
  if (!item.ok()) return std::string(dynamodb_item);
  for (Json& value : *item)
    value = ToPlain(value);
  return DumpJson(*item);
}

}  // namespace offstage::app

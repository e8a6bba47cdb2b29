// java.util.List and java.util.Map, as far as templates use them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "gateway/vtl/methods.h"

namespace offstage::gateway::vtl {

namespace {

Value Count(std::size_t size) {
  return Value::Integer(static_cast<std::int64_t>(size));
}

// Null: not a number, or beyond the list.
std::optional<std::size_t> Index(const Value& value, std::size_t size) {
  const std::int64_t* number = value.AsInteger();
  if (number == nullptr || *number < 0 || static_cast<std::size_t>(*number) >= size)
    return std::nullopt;
  return static_cast<std::size_t>(*number);
}

Error OutOfBounds(std::string_view name, const Value& index, std::size_t size) {
  return Error{fmt::format("{}({}) of a list of {}", name, ToText(index), size)};
}

Value NewListOf(std::vector<Value> items, List::Origin origin = List::Origin::kTemplate) {
  Value list = Value::NewList();
  list.AsList()->items = std::move(items);
  list.AsList()->origin = origin;
  return list;
}

std::vector<Value>::const_iterator Search(const List& list, const Value& wanted) {
  return std::find_if(list.items.begin(), list.items.end(),
                      [&wanted](const Value& item) { return Equal(item, wanted); });
}

Result<Value> Remove(List& list, const Value& argument) {
  if (argument.AsInteger() != nullptr) {
    const std::optional<std::size_t> index = Index(argument, list.items.size());
    if (!index.has_value()) return Fail(OutOfBounds("remove", argument, list.items.size()));
    Value removed = list.items[*index];
    list.items.erase(list.items.begin() + static_cast<std::ptrdiff_t>(*index));
    return removed;
  }
  const auto found = Search(list, argument);
  if (found == list.items.end()) return Value::Bool(false);
  list.items.erase(found);
  return Value::Bool(true);
}

Result<Value> ListWithOne(const Value& target, std::string_view name, const Value& argument,
                          Environment& environment) {
  List& list = *target.AsList();
  if (name == "get") {
    const std::optional<std::size_t> index = Index(argument, list.items.size());
    if (!index.has_value()) return Fail(OutOfBounds(name, argument, list.items.size()));
    return list.items[*index];
  }
  if (name == "contains") return Value::Bool(Search(list, argument) != list.items.end());
  if (name == "indexOf") {
    const auto found = Search(list, argument);
    return Value::Integer(found == list.items.end() ? -1 : found - list.items.begin());
  }
  if (name == "equals") return Value::Bool(Equal(target, argument));
  if (name == "remove") return Remove(list, argument);
  if (name == "add") {
    environment.Remember(target);
    list.items.push_back(argument);
    return Value::Bool(true);
  }
  const List* other = argument.AsList();
  if (other != nullptr && name == "addAll") {
    environment.Remember(target);
    const std::vector<Value> items = other->items;  // it may be the list itself
    list.items.insert(list.items.end(), items.begin(), items.end());
    return Value::Bool(!items.empty());
  }
  if (other != nullptr && name == "containsAll") {
    return Value::Bool(
        std::all_of(other->items.begin(), other->items.end(),
                    [&list](const Value& item) { return Search(list, item) != list.items.end(); }));
  }
  return Value();
}

constexpr std::array<std::string_view, 13> kOtherListMethods = {
    "iterator",  "listIterator", "stream",   "toArray",  "sort",       "forEach",    "removeAll",
    "retainAll", "removeIf",     "hashCode", "getClass", "replaceAll", "lastIndexOf"};
constexpr std::array<std::string_view, 9> kOtherMapMethods = {
    "forEach", "compute",  "computeIfAbsent", "computeIfPresent", "merge",
    "replace", "hashCode", "getClass",        "replaceAll"};

Result<Value> Put(const Value& target, const Value& key, const Value& value,
                  Environment& environment) {
  Map& map = *target.AsMap();
  const std::string name = ToText(key);
  const Value* before = map.Find(name);
  Value previous = before == nullptr ? Value() : *before;
  environment.Remember(target);
  map.Put(name, value);
  return previous;
}

Result<Value> MapWithout(const Value& target, std::string_view name) {
  Map& map = *target.AsMap();
  std::vector<Value> items;
  if (name == "keySet") {
    for (const auto& [key, value] : map.entries())
      items.push_back(Value::Text(key));
    return NewListOf(std::move(items));
  }
  if (name == "values") {
    for (const auto& [key, value] : map.entries())
      items.push_back(value);
    return NewListOf(std::move(items));
  }
  if (name == "entrySet") {
    for (const auto& [key, value] : map.entries()) {
      Value entry = Value::NewMap();
      entry.AsMap()->Put("key", Value::Text(key));
      entry.AsMap()->Put("value", value);
      items.push_back(std::move(entry));
    }
    return NewListOf(std::move(items));
  }
  if (name == "clear") map.Clear();
  return Value();
}

}  // namespace

Result<Value> CallList(const Value& target, std::string_view name, const Arguments& arguments,
                       Environment& environment) {
  List& list = *target.AsList();
  if (arguments.empty()) {
    // count() is in the service's own example (mapping template reference, $input.path).
    if (name == "size" || name == "count" || name == "length") return Count(list.items.size());
    if (name == "isEmpty") return Value::Bool(list.items.empty());
    if (name == "toString") return Value::Text(ToText(target));
    if (name == "clear") {
      list.items.clear();
      return Value();
    }
  }
  static constexpr std::array<std::string_view, 8> kWithOne = {
      "get", "contains", "indexOf", "equals", "remove", "add", "addAll", "containsAll"};
  if (arguments.size() == 1 && std::find(kWithOne.begin(), kWithOne.end(), name) != kWithOne.end())
    return ListWithOne(target, name, arguments[0], environment);
  if (arguments.size() == 2) {
    const bool add = name == "add";
    const std::optional<std::size_t> index = Index(arguments[0], list.items.size() + (add ? 1 : 0));
    if ((add || name == "set") && !index.has_value())
      return Fail(OutOfBounds(name, arguments[0], list.items.size()));
    if (add) {
      environment.Remember(target);
      list.items.insert(list.items.begin() + static_cast<std::ptrdiff_t>(*index), arguments[1]);
      return Value();
    }
    if (name == "set") {
      environment.Remember(target);
      return std::exchange(list.items[*index], arguments[1]);
    }
    const std::optional<std::size_t> from = Index(arguments[0], list.items.size() + 1);
    const std::optional<std::size_t> to = Index(arguments[1], list.items.size() + 1);
    if (name == "subList") {
      if (!from.has_value() || !to.has_value() || *from > *to)
        return Fail(OutOfBounds(name, arguments[1], list.items.size()));
      return NewListOf({list.items.begin() + static_cast<std::ptrdiff_t>(*from),
                        list.items.begin() + static_cast<std::ptrdiff_t>(*to)},
                       list.origin);
    }
  }
  if (std::find(kOtherListMethods.begin(), kOtherListMethods.end(), name) !=
      kOtherListMethods.end())
    return Fail(NotEmulated("a list", name));
  return NoSuchMethod("a list", name, environment);
}

Result<Value> CallMap(const Value& target, std::string_view name, const Arguments& arguments,
                      Environment& environment) {
  Map& map = *target.AsMap();
  if (arguments.empty()) {
    if (name == "size") return Count(map.entries().size());
    if (name == "isEmpty") return Value::Bool(map.entries().empty());
    if (name == "toString") return Value::Text(ToText(target));
    if (name == "keySet" || name == "values" || name == "entrySet" || name == "clear")
      return MapWithout(target, name);
    // Entries of entrySet() are maps here.
    if (name == "getKey") return GetProperty(target, "key", environment);
    if (name == "getValue") return GetProperty(target, "value", environment);
  }
  if (arguments.size() == 1) {
    const std::string key = ToText(arguments[0]);
    const Value* member = map.Find(key);
    if (name == "get") return member == nullptr ? Value() : *member;
    if (name == "containsKey") return Value::Bool(member != nullptr);
    if (name == "equals") return Value::Bool(Equal(target, arguments[0]));
    if (name == "containsValue") {
      return Value::Bool(std::any_of(
          map.entries().begin(), map.entries().end(),
          [&arguments](const Map::Entry& entry) { return Equal(entry.second, arguments[0]); }));
    }
    if (name == "remove") {
      Value removed = member == nullptr ? Value() : *member;
      map.Remove(key);
      return removed;
    }
    if (name == "putAll" && arguments[0].AsMap() != nullptr) {
      environment.Remember(target);
      const std::vector<Map::Entry> entries = arguments[0].AsMap()->entries();
      for (const auto& [name_of, value] : entries)
        map.Put(name_of, value);
      return Value();
    }
  }
  if (arguments.size() == 2) {
    if (name == "put") return Put(target, arguments[0], arguments[1], environment);
    const Value* member = map.Find(ToText(arguments[0]));
    if (name == "getOrDefault") return member == nullptr ? arguments[1] : *member;
    if (name == "putIfAbsent") {
      if (member != nullptr) return *member;
      return Put(target, arguments[0], arguments[1], environment);
    }
  }
  if (std::find(kOtherMapMethods.begin(), kOtherMapMethods.end(), name) != kOtherMapMethods.end())
    return Fail(NotEmulated("a map", name));
  return NoSuchMethod("a map", name, environment);
}

}  // namespace offstage::gateway::vtl

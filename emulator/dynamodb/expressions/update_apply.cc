#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "dynamodb/expressions/update_program.h"
#include "dynamodb/value/invalid.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

namespace {

constexpr const char* kWrongTypeText =
    "An operand in the update expression has an incorrect data type";
constexpr const char* kMissingText =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr const char* kBadPathText =
    "The document path provided in the update expression is invalid for update";
// AttributeUpdates' word for a wrong type.
constexpr const char* kTypeMismatchText = "Type mismatch for attribute to update";

// A faulty operand is reported at once when its type is wrong, else only after all types are known
// to be right.
struct Fault {
  enum class Kind { kType, kMissing, kRange };
  Kind kind;
  std::string message;
};
using Computed = Result<AttributeValue, Fault>;

Failure<Fault> WrongType() {
  return Fail(Fault{Fault::Kind::kType, kWrongTypeText});
}

Computed Compute(const Operand& operand, const Item& item);

AttributeValue Concatenate(AttributeList first, const AttributeList& second) {
  first.insert(first.end(), second.begin(), second.end());
  return AttributeValue::List(std::move(first));
}

// Both arguments, which must have `type`; a type fault of the second wins over others of the first.
Result<std::pair<AttributeValue, AttributeValue>, Fault> ComputeBoth(const Operand& operand,
                                                                     AttributeType type,
                                                                     const Item& item) {
  Computed first = Compute(operand.arguments[0], item);
  if (!first.ok() && first.error().kind == Fault::Kind::kType) return Fail(first.error());
  if (first.ok() && !first.value().is(type)) return WrongType();
  Computed second = Compute(operand.arguments[1], item);
  if (!second.ok() && second.error().kind == Fault::Kind::kType) return Fail(second.error());
  if (second.ok() && !second.value().is(type)) return WrongType();
  if (!first.ok()) return Fail(first.error());
  if (!second.ok()) return Fail(second.error());
  return std::pair(std::move(first).value(), std::move(second).value());
}

Computed ComputeSum(const Operand& operand, const Item& item) {
  OFFSTAGE_TRY(const auto both, ComputeBoth(operand, AttributeType::kNumber, item));
  const auto sum = operand.function == OperandFunction::kPlus
                       ? AddNumbers(both.first.text(), both.second.text())
                       : SubtractNumbers(both.first.text(), both.second.text());
  if (!sum.ok()) return Fail(Fault{Fault::Kind::kRange, sum.error().message});
  return AttributeValue::Number(sum.value());
}

Computed Compute(const Operand& operand, const Item& item) {
  switch (operand.kind) {
    case Operand::Kind::kValue:
      return *operand.value;
    case Operand::Kind::kPath: {
      const AttributeValue* value = Resolve(operand.path, item);
      if (value == nullptr) return Fail(Fault{Fault::Kind::kMissing, kMissingText});
      return *value;
    }
    case Operand::Kind::kFunction:
      break;
  }
  switch (operand.function) {
    case OperandFunction::kIfNotExists: {
      const AttributeValue* value = Resolve(operand.arguments[0].path, item);
      if (value != nullptr) return *value;
      return Compute(operand.arguments[1], item);
    }
    case OperandFunction::kListAppend: {
      OFFSTAGE_TRY(auto both, ComputeBoth(operand, AttributeType::kList, item));
      return Concatenate(std::move(both.first.list()), both.second.list());
    }
    default:
      return ComputeSum(operand, item);
  }
}

AttributeValue SetUnion(const AttributeValue& a, const AttributeValue& b) {
  AttributeSet members = a.set();
  members.insert(members.end(), b.set().begin(), b.set().end());
  return AttributeValue::Set(a.type(), std::move(members));
}

// Null when nothing is left: there are no empty sets.
std::optional<AttributeValue> SetDifference(const AttributeValue& a, const AttributeValue& b) {
  AttributeSet members;
  for (const std::string& member : a.set()) {
    if (std::find(b.set().begin(), b.set().end(), member) == b.set().end()) {
      members.push_back(member);
    }
  }
  if (members.empty()) return std::nullopt;
  return AttributeValue::Set(a.type(), std::move(members));
}

// What an action writes; null: it removes what is there.
using Written = std::optional<AttributeValue>;

Result<Written, Fault> ComputeAddOrDelete(const UpdateAction& action, const Item& item) {
  const AttributeValue& value = *action.value.value;
  const AttributeValue* current = Resolve(action.path, item);
  const bool add = action.verb == UpdateVerb::kAdd;
  if (current == nullptr) return add ? Written(value) : Written();
  if (current->type() != value.type()) return WrongType();
  if (!add) return SetDifference(*current, value);
  if (value.is_set()) return Written(SetUnion(*current, value));
  // Of AttributeUpdates only.
  if (value.is_list()) return Written(Concatenate(current->list(), value.list()));
  const auto sum = AddNumbers(current->text(), value.text());
  if (!sum.ok()) return Fail(Fault{Fault::Kind::kRange, sum.error().message});
  return Written(AttributeValue::Number(sum.value()));
}

Result<Written, Fault> ComputeAction(const UpdateAction& action, const Item& item) {
  switch (action.verb) {
    case UpdateVerb::kRemove:
      return Written();
    case UpdateVerb::kSet: {
      OFFSTAGE_TRY(AttributeValue value, Compute(action.value, item));
      return Written(std::move(value));
    }
    case UpdateVerb::kAdd:
    case UpdateVerb::kDelete:
      break;
  }
  return ComputeAddOrDelete(action, item);
}

Path ParentOf(const Path& path) {
  return {std::vector<PathStep>(path.steps.begin(), path.steps.end() - 1)};
}

enum class SetPlace { kGood, kMissing, kWrong };

// Whether the path's last step can be taken: a name from a map, an index from a list.
SetPlace PlaceOf(const Path& path, const Item& item) {
  if (path.steps.size() == 1) return SetPlace::kGood;
  const AttributeValue* parent = Resolve(ParentOf(path), item);
  if (parent == nullptr) return SetPlace::kMissing;
  const bool by_name = std::holds_alternative<std::string>(path.steps.back());
  return (by_name ? parent->is_map() : parent->is_list()) ? SetPlace::kGood : SetPlace::kWrong;
}

AttributeValue* ResolveMutable(const Path& path, Item& item) {
  // The item is ours to change; only the walk is shared.
  return const_cast<AttributeValue*>(Resolve(path, item));  // NOLINT(*-const-cast)
}

// What changes a list's length waits until everything else is written, because indexes mean
// positions before the update.
struct ListChange {
  std::vector<std::size_t> removed;
  // By index as written: elements beyond the end are added in that order, without gaps.
  std::map<std::size_t, AttributeValue> appended;
};

class Writer {
 public:
  explicit Writer(Item& item) : item_(item) {}

  void Write(const Path& path, Written value) {
    if (path.steps.size() == 1) {
      WriteMember(item_, path.attribute(), std::move(value));
      return;
    }
    Path parent_path = ParentOf(path);
    AttributeValue* parent = ResolveMutable(parent_path, item_);
    if (const auto* name = std::get_if<std::string>(&path.steps.back())) {
      WriteMember(parent->map(), *name, std::move(value));
      return;
    }
    const std::size_t index = std::get<std::size_t>(path.steps.back());
    AttributeList& list = parent->list();
    if (value && index < list.size()) {
      list[index] = *std::move(value);
      return;
    }
    if (!value && index >= list.size()) return;
    ListChange& change = ChangeOf(std::move(parent_path));
    if (value) {
      change.appended.emplace(index, *std::move(value));
    } else {
      change.removed.push_back(index);
    }
  }

  // Inner lists first: taking elements from an outer one moves them.
  void Finish() {
    std::stable_sort(changes_.begin(), changes_.end(), [](const auto& a, const auto& b) {
      return a.first.steps.size() > b.first.steps.size();
    });
    for (auto& [path, change] : changes_) {
      AttributeList& list = ResolveMutable(path, item_)->list();
      std::sort(change.removed.rbegin(), change.removed.rend());
      for (const std::size_t index : change.removed) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
      }
      for (auto& [index, value] : change.appended)
        list.push_back(std::move(value));
    }
  }

 private:
  static void WriteMember(Item& map, const std::string& name, Written value) {
    if (value) {
      map.Set(name, *std::move(value));
    } else {
      map.Erase(name);
    }
  }

  ListChange& ChangeOf(Path list) {
    for (auto& [path, change] : changes_) {
      if (path == list) return change;
    }
    return changes_.emplace_back(std::move(list), ListChange()).second;
  }

  Item& item_;
  std::vector<std::pair<Path, ListChange>> changes_;
};

// Each action's result or fault; fails at once for paths through things of the wrong kind, then for
// wrong types and for sums of ADD out of range.
aws::Outcome<std::vector<Result<Written, Fault>>> ComputeAll(const UpdateProgram& program,
                                                             const Item& item) {
  for (const UpdateAction& action : program.actions) {
    if (PlaceOf(action.path, item) == SetPlace::kWrong) return Invalid(kBadPathText);
  }
  std::vector<Result<Written, Fault>> results;
  results.reserve(program.actions.size());
  for (const UpdateAction& action : program.actions) {
    results.push_back(ComputeAction(action, item));
    const Result<Written, Fault>& result = results.back();
    if (result.ok()) continue;
    const Fault& fault = result.error();
    if (fault.kind == Fault::Kind::kType) {
      return Invalid(program.style == UpdateStyle::kExpression ? fault.message : kTypeMismatchText);
    }
    if (fault.kind == Fault::Kind::kRange && action.verb == UpdateVerb::kAdd) {
      return Invalid(fault.message);
    }
  }
  return results;
}

// What is left to report, as the service does: section by section from the last, paths that lead
// nowhere, then attributes that are not there; numbers out of range after all of these.
aws::Outcome<Unit> CheckRest(const UpdateProgram& program, const Item& item,
                             const std::vector<Result<Written, Fault>>& results) {
  const std::vector<UpdateAction>& actions = program.actions;
  for (std::size_t end = actions.size(); end > 0;) {
    std::size_t first = end - 1;
    while (first > 0 && actions[first - 1].section == actions[end - 1].section)
      --first;
    for (std::size_t i = first; i < end; ++i) {
      if (PlaceOf(actions[i].path, item) != SetPlace::kGood) return Invalid(kBadPathText);
    }
    for (std::size_t i = first; i < end; ++i) {
      if (!results[i].ok() && results[i].error().kind == Fault::Kind::kMissing) {
        return Invalid(kMissingText);
      }
    }
    end = first;
  }
  for (const Result<Written, Fault>& result : results) {
    if (!result.ok()) return Invalid(result.error().message);
  }
  return Ok();
}

}  // namespace

aws::Outcome<Item> ApplyUpdate(const UpdateProgram& program, const Item& item) {
  OFFSTAGE_TRY(auto results, ComputeAll(program, item));
  OFFSTAGE_TRY_VOID(CheckRest(program, item, results));
  Item updated = item;
  Writer writer(updated);
  for (std::size_t i = 0; i < results.size(); ++i) {
    writer.Write(program.actions[i].path, std::move(results[i]).value());
  }
  writer.Finish();
  return updated;
}

}  // namespace offstage::dynamodb

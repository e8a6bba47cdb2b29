// Scope's Ref, Fn::GetAtt and the physical ids that they give.
#include "base/text.h"
#include "template/fates.h"
#include "template/sam.h"
#include "template/scope.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kMixed =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// Types whose attributes the table lists in full: any other is a mistake that AWS refuses too.
bool HasAllAttributes(std::string_view type) {
  return type.rfind("AWS::DynamoDB::Table", 0) == 0 ||
         type.rfind("AWS::Cognito::UserPool", 0) == 0 || type == "AWS::Serverless::SimpleTable" ||
         type == "AWS::IAM::Role" || type == "AWS::SQS::Queue" ||
         type == "AWS::ApiGateway::RestApi" || type == "AWS::Serverless::HttpApi";
}

// {stack}-{LogicalId}-{random} within a limit: CloudFormation cuts the logical id to 24
// characters and then the stack's name.
std::string LimitedName(const std::string& stack, const std::string& id, const std::string& random,
                        std::size_t limit) {
  constexpr std::size_t kMinimumId = 24;
  const std::size_t room = limit - random.size() - 2;
  std::string short_id = id;
  if (stack.size() + id.size() > room) {
    const std::size_t wanted = stack.size() >= room ? 0 : room - stack.size();
    short_id = id.substr(0, std::max(kMinimumId, wanted));
  }
  return fmt::format("{}-{}-{}", stack.substr(0, room - short_id.size()), short_id, random);
}

// What asks for a name often must not evaluate it often: names may refer to names.
template <typename Make>
Resolved<std::string> Once(Lazy<std::string>& lazy, const ResourceEntry& entry, const Make& make) {
  if (lazy.progress == Progress::kBusy) {
    return FailAt(entry.position, fmt::format("the name of {} refers to itself", entry.id));
  }
  if (lazy.progress == Progress::kNew) {
    lazy.progress = Progress::kBusy;
    lazy.value = make();
    if (lazy.value->ok() && (*lazy.value)->size() > 2048) {  // longer than any of AWS's
      lazy.value = FailAt(entry.position, fmt::format("the name of {} is too long", entry.id));
    }
    lazy.progress = Progress::kDone;
  }
  return *lazy.value;
}

}  // namespace

const std::string& Scope::Random(const ResourceEntry& entry, std::string_view part,
                                 std::size_t length, std::string_view alphabet) {
  std::string key = fmt::format("{}/{}", context_.options.stack_name, PathOf(entry.id));
  if (!part.empty()) {
    key += fmt::format("#{}", part);
  }
  return context_.ids.Issue(key, length, alphabet);
}

std::string Scope::Uuid(const ResourceEntry& entry) {
  std::string digits = Random(entry, "uuid", 32, "0123456789abcdef");
  digits.resize(32, '0');
  digits[12] = '4';
  digits[16] = '9';
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

std::string Scope::GenerateId(const ResourceEntry& entry, IdStyle style) {
  switch (style) {
    case IdStyle::kName:
      return fmt::format("{}-{}-{}", stack_name(), entry.id,
                         Random(entry, "", 13, kUpperAlphanumeric));
    case IdStyle::kShortName:
      return LimitedName(stack_name(), entry.id, Random(entry, "", 12, kMixed), 64);
    case IdStyle::kLowerName:
      return ToLower(
          LimitedName(stack_name(), entry.id, Random(entry, "", 12, kLowerAlphanumeric), 63));
    case IdStyle::kApi:
      return Random(entry, "", 10, kLowerAlphanumeric);
    case IdStyle::kUserPool:
      return fmt::format("{}_{}", context_.options.region, Random(entry, "", 9, kMixed));
    case IdStyle::kClient:
      return Random(entry, "", 26, kLowerAlphanumeric);
    case IdStyle::kUuid:
      return Uuid(entry);
    case IdStyle::kRegionUuid:
      return fmt::format("{}:{}", context_.options.region, Uuid(entry));
    case IdStyle::kDistribution:
      return "E" + Random(entry, "", 13, kUpperAlphanumeric);
    case IdStyle::kSecret:
      return fmt::format("{}-{}", entry.id, Random(entry, "", 12, kMixed));
    case IdStyle::kLogical:
      break;
  }
  return entry.id;
}

Resolved<std::string> Scope::PhysicalId(ResourceEntry& entry) {
  return Once(entry.physical_id, entry, [&] { return MakePhysicalId(entry); });
}

Resolved<std::string> Scope::MakePhysicalId(ResourceEntry& entry) {
  const std::string_view name_property =
      entry.info == nullptr ? std::string_view() : entry.info->name_property;
  const Node* properties = entry.definition.Find("Properties");
  const Node* written =
      name_property.empty() || properties == nullptr ? nullptr : properties->Find(name_property);
  if (written != nullptr) {
    OFFSTAGE_TRY(const Node name, Value(*written));
    if (name.IsScalar() && !name.IsNull() && !name.text().empty()) {
      if (name.text().size() > 2048) {
        return FailAt(written->position(), fmt::format("{} is too long", name_property));
      }
      return name.text();
    }
    if (!name.IsNull()) {
      return FailAt(written->position(), fmt::format("{} must be a text", name_property));
    }
  }
  return GenerateId(entry, entry.info == nullptr ? IdStyle::kName : entry.info->id_style);
}

// Of what belongs to a function: FunctionName takes its name or ARN.
Resolved<std::string> Scope::MakeFunctionArn(ResourceEntry& entry) {
  if (ResourceEntry* maker = entry.generated_by.empty() ? nullptr : FindEntry(entry.generated_by)) {
    return Format(*maker, maker->info->arn);
  }
  const Node* written = entry.definition.FindPath("Properties", "FunctionName");
  if (written == nullptr) {
    return FailAt(entry.position, fmt::format("{} needs a FunctionName", entry.type));
  }
  OFFSTAGE_TRY(std::string name, Text(*written, "FunctionName"));
  if (name.rfind("arn:", 0) == 0) {
    return name;
  }
  return fmt::format("arn:{}:lambda:{}:{}:function:{}", context_.stack.partition,
                     context_.options.region, context_.options.account_id, name);
}

Resolved<std::string> Scope::Format(ResourceEntry& entry, std::string_view format) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = format.find('{', at);
    const std::size_t end = begin == std::string_view::npos ? begin : format.find('}', begin);
    if (end == std::string_view::npos) {
      return out += format.substr(at);
    }
    out += format.substr(at, begin - at);
    at = end + 1;
    const std::string_view token = format.substr(begin + 1, end - begin - 1);
    if (token == "id") {
      OFFSTAGE_TRY(const std::string id, PhysicalId(entry));
      out += id;
    } else if (token == "region") {
      out += context_.options.region;
    } else if (token == "account") {
      out += context_.options.account_id;
    } else if (token == "partition") {
      out += context_.stack.partition;
    } else if (token == "stack") {
      out += stack_name();
    } else if (token == "function") {
      OFFSTAGE_TRY(const std::string function,
                   Once(entry.function_arn, entry, [&] { return MakeFunctionArn(entry); }));
      out += function;
    } else if (token == "name") {
      const Node* name = entry.definition.FindPath("Properties", "Name");
      OFFSTAGE_TRY(const std::string text, Once(entry.name, entry, [&] {
                     return name == nullptr ? Resolved<std::string>(entry.id) : Text(*name, "Name");
                   }));
      out += text;
    } else if (token == "logical") {
      out += entry.id;
    } else if (token == "uuid") {
      out += Uuid(entry);
    } else if (token == "lower10") {
      out += Random(entry, token, 10, kLowerAlphanumeric);
    } else if (token == "secret51") {
      out += Random(entry, token, 51, kLowerAlphanumeric);
    } else if (token == "url32") {
      out += Random(entry, token, 32, kLowerAlphanumeric);
    } else if (token == "upper17") {
      out += Random(entry, token, 17, kUpperAlphanumeric);
    } else if (token == "mixed6") {
      out += Random(entry, token, 6, kMixed);
    }
  }
}

std::vector<std::string> Scope::ReferableNames() const {
  std::vector<std::string> names;
  for (const auto& [name, state] : parameters_) {
    names.push_back(name);
  }
  for (const auto& entry : entries_) {
    names.push_back(entry->id);
  }
  return names;
}

Resolved<Node> Scope::Ref(std::string_view name, const Position& position) {
  if (name.rfind("AWS::", 0) == 0) {
    const std::pair<std::string_view, std::string> pseudo[] = {
        {"AWS::Region", context_.options.region},
        {"AWS::AccountId", context_.options.account_id},
        {"AWS::StackName", stack_name()},
        {"AWS::StackId", stack_id()},
        {"AWS::Partition", context_.stack.partition},
        {"AWS::URLSuffix",
         context_.stack.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"},
    };
    std::vector<std::string> names = {"AWS::NoValue", "AWS::NotificationARNs"};
    for (const auto& [pseudo_name, value] : pseudo) {
      if (pseudo_name == name) {
        return Node::String(value, position);
      }
      names.emplace_back(pseudo_name);
    }
    if (name == "AWS::NotificationARNs") {
      return Node::List({}, position);
    }
    return FailAt(position, "there is no pseudo parameter " + Suggest(name, names));
  }
  if (const auto found = parameters_.find(name); found != parameters_.end()) {
    found->second.used = true;
    return found->second.value;
  }
  if (ResourceEntry* entry = FindEntry(name)) {
    OFFSTAGE_TRY(const bool exists, Exists(*entry));
    if (!exists) {
      return FailAt(position,
                    fmt::format("'{}' is referred to, but its condition does not hold", name));
    }
    OFFSTAGE_TRY(std::string text,
                 Format(*entry, entry->info == nullptr ? "{id}" : entry->info->ref));
    return Node::String(std::move(text), position);
  }
  OFFSTAGE_TRY(const auto from_sam, SamReference(*this, name, position));
  if (from_sam) {
    return *from_sam;
  }
  return FailAt(position,
                "the template has no parameter or resource " + Suggest(name, ReferableNames()));
}

Resolved<Node> Scope::Attribute(std::string_view id, std::string_view attribute,
                                const Position& position) {
  ResourceEntry* entry = FindEntry(id);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const auto& candidate : entries_) {
      names.push_back(candidate->id);
    }
    return FailAt(position, "the template has no resource " + Suggest(id, names));
  }
  OFFSTAGE_TRY(const bool exists, Exists(*entry));
  if (!exists) {
    return FailAt(position,
                  fmt::format("'{}' is referred to, but its condition does not hold", id));
  }
  constexpr std::string_view kOutputs = "Outputs.";
  if (IsNestedStack(entry->type) && attribute.rfind(kOutputs, 0) == 0) {
    OFFSTAGE_TRY(Scope* const nested, Nested(*entry));
    OFFSTAGE_TRY(std::string value,
                 nested->OutputValue(attribute.substr(kOutputs.size()), position));
    return Node::String(std::move(value), position);
  }
  std::vector<std::string> names;
  if (entry->info != nullptr) {
    if (!entry->info->arn.empty()) {
      names.emplace_back("Arn");
    }
    if (attribute == "Arn" && !entry->info->arn.empty()) {
      OFFSTAGE_TRY(std::string arn, Format(*entry, entry->info->arn));
      return Node::String(std::move(arn), position);
    }
    for (const auto& [name, format] : entry->info->attributes) {
      names.emplace_back(name);
      if (name == attribute) {
        OFFSTAGE_TRY(std::string value, Format(*entry, format));
        return Node::String(std::move(value), position);
      }
    }
  }
  OFFSTAGE_TRY(const auto from_sam,
               SamReference(*this, fmt::format("{}.{}", id, attribute), position));
  if (from_sam) {
    return *from_sam;
  }
  if (HasAllAttributes(entry->type)) {
    return FailAt(position,
                  fmt::format("{} has no attribute {}", entry->type, Suggest(attribute, names)));
  }
  // SSM parameters, custom resources and the like: the property of that name, if there is one.
  const Node* properties = entry->definition.Find("Properties");
  if (const Node* written = properties == nullptr ? nullptr : properties->Find(attribute)) {
    return Value(*written);
  }
  const bool is_arn = attribute.size() >= 3 && attribute.substr(attribute.size() - 3) == "Arn";
  OFFSTAGE_TRY(std::string value,
               Format(*entry, is_arn ? GenericArnFormat(entry->type) : std::string("{id}")));
  return Node::String(std::move(value), position);
}

}  // namespace offstage::templates

// docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html and its neighbours.
//
// Every parameter is in its first version here and has no labels: nothing changes one but a new
// deployment, or another scenario.
#include "ssm/operations.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace offstage::ssm {

namespace {

constexpr std::size_t kMaxNames = 10;     // AWS GetParameters, "Names"
constexpr std::size_t kMaxName = 2048;    // AWS "PSParameterSelector" and "PSParameterName"
constexpr std::int64_t kMaxResults = 10;  // AWS GetParametersByPath, "MaxResults"

aws::ApiError Invalid(const std::string& message) {
  return {.type = "ValidationException", .message = message};
}

aws::ApiError Violation(const std::string& shown, std::string_view member, std::string_view rule) {
  return Invalid(
      fmt::format("1 validation error detected: Value {} at '{}' failed to satisfy constraint: {}",
                  shown, member, rule));
}

aws::ApiError Unreadable() {
  return {.type = "SerializationException", .message = ""};
}

aws::Outcome<std::string> TextMember(const Json& request, const char* name, std::string_view path) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null())
    return Fail(Violation("null", path, "Member must not be null"));
  if (!found->is_string()) return Fail(Unreadable());
  std::string text = found->get<std::string>();
  if (text.empty())
    return Fail(Violation("''", path, "Member must have length greater than or equal to 1"));
  if (text.size() > kMaxName) {
    return Fail(Violation(fmt::format("'{}'", text), path,
                          "Member must have length less than or equal to 2048"));
  }
  return text;
}

aws::Outcome<bool> FlagMember(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null()) return false;
  if (!found->is_boolean()) return Fail(Unreadable());
  return found->get<bool>();
}

// A name as a request writes it: "/app/limit", "/app/limit:1", or an ARN of either.
struct Selector {
  std::string name;
  // ":1", or empty.
  std::string version;
};

Selector ReadSelector(std::string text, const ParameterStore& store) {
  Selector selector;
  if (text.starts_with("arn:")) {
    // "parameter/app/limit" is /app/limit, or one without the first "/".
    const auto mark = text.find(":parameter/");
    if (mark != std::string::npos) text = text.substr(mark + 10);
    const std::string bare = text.substr(0, text.find(':'));
    if (!store.Find(bare) && text.starts_with("/") && store.Find(bare.substr(1)))
      text = text.substr(1);
  }
  const auto colon = text.find(':');
  selector.name = text.substr(0, colon);
  if (colon != std::string::npos) selector.version = text.substr(colon);
  return selector;
}

// What stands in for a value that was not asked to be decrypted: the form of a KMS ciphertext, and
// nothing that could be read back.
std::string Ciphertext(const std::string& name) {
  constexpr std::size_t kLength = 144;
  std::string bytes("\x01\x02\x02\x00\x78", 5);
  std::uint64_t state = 14695981039346656037ULL;
  for (const char c : name)
    state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  while (bytes.size() < kLength) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    bytes.push_back(static_cast<char>(state >> 56U));
  }
  return Base64Encode(bytes);
}

Json Describe(const Service& service, const Parameter& parameter, bool decrypted,
              const std::string& selector) {
  const Options& options = service.options();
  const bool hidden = parameter.type == "SecureString" && !decrypted;
  Json json = {{"ARN", fmt::format("arn:{}:ssm:{}:{}:parameter{}{}", options.partition,
                                   options.region, options.account_id,
                                   parameter.name.starts_with("/") ? "" : "/", parameter.name)},
               {"DataType", parameter.data_type},
               {"LastModifiedDate", static_cast<double>(parameter.modified) / 1000.0},
               {"Name", parameter.name},
               {"Type", parameter.type},
               {"Value", hidden ? Ciphertext(parameter.name) : parameter.value},
               {"Version", 1}};
  if (!selector.empty()) json["Selector"] = selector;
  return json;
}

std::string WhereToPut(const std::string& name, const ParameterStore& store) {
  std::vector<std::string> names;
  for (const Parameter& parameter : store.All())
    names.push_back(parameter.name);
  const auto nearest = NearestName(name, names);
  return fmt::format(
      "there is no parameter {}{}; an AWS::SSM::Parameter of the template, --ssm-parameters FILE "
      "or "
      "a scenario's `given: parameters` makes one",
      name, nearest ? fmt::format(" (did you mean {}?)", *nearest) : "");
}

// ---- GetParametersByPath ----------------------------------------------------------------------

aws::ApiError BadPath() {
  return Invalid(
      "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
      "with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" "
      "(case-insensitive). "
      "It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ "
      "(underscore). Special characters are not allowed. All sub-paths, if specified, must use the "
      "forward slash symbol \"/\". Valid example: /get/parameters2-/by1./path0_.");
}

aws::Outcome<std::string> PathMember(const Json& request) {
  OFFSTAGE_TRY(std::string path, TextMember(request, "Path", "path"));
  const bool good = std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("./-_").find(c) != std::string_view::npos;
  });
  if (!good || !path.starts_with("/")) return Fail(BadPath());
  while (path.size() > 1 && path.ends_with("/"))
    path.pop_back();
  return path;
}

// "/" holds names without any "/" too.
bool IsBelow(const std::string& name, const std::string& path, bool recursive) {
  std::string_view rest = name;
  if (path == "/") {
    if (rest.starts_with("/")) rest.remove_prefix(1);
  } else {
    if (!name.starts_with(path + "/")) return false;
    rest.remove_prefix(path.size() + 1);
  }
  return recursive || rest.find('/') == std::string_view::npos;
}

// ParameterFilters of paths: Type, KeyId and Label, each Equals or BeginsWith.
aws::Outcome<bool> Fits(const Parameter& parameter, const Json& filter) {
  const auto text = [&filter](const char* name) {
    const auto found = filter.find(name);
    return found != filter.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string key = text("Key");
  const std::string option = filter.contains("Option") ? text("Option") : "Equals";
  if (key != "Type" && key != "KeyId" && key != "Label") {
    return Fail(aws::ApiError{
        .type = "InvalidFilterKey",
        .message = fmt::format("The following filter key is not valid: {}. Valid filter keys "
                               "include: [Type, KeyId, Label].",
                               key)});
  }
  if (option != "Equals" && option != "BeginsWith") {
    return Fail(aws::ApiError{
        .type = "InvalidFilterOption",
        .message = fmt::format("The following filter option is not valid: {}. Valid options "
                               "include: [BeginsWith, Equals].",
                               option)});
  }
  std::string own;
  if (key == "Type") own = parameter.type;
  if (key == "KeyId" && parameter.type == "SecureString") own = "alias/aws/ssm";
  const auto values = filter.find("Values");
  if (own.empty() || values == filter.end() || !values->is_array()) return false;
  return std::any_of(values->begin(), values->end(), [&](const Json& value) {
    if (!value.is_string()) return false;
    const auto wanted = value.get<std::string>();
    return option == "Equals" ? own == wanted : own.starts_with(wanted);
  });
}

aws::Outcome<bool> FitsAll(const Parameter& parameter, const Json& request) {
  const auto filters = request.find("ParameterFilters");
  if (filters == request.end() || filters->is_null()) return true;
  if (!filters->is_array()) return Fail(Unreadable());
  for (const Json& filter : *filters) {
    if (!filter.is_object()) return Fail(Unreadable());
    OFFSTAGE_TRY(const bool fits, Fits(parameter, filter));
    if (!fits) return false;
  }
  return true;
}

aws::Outcome<std::size_t> MaxResults(const Json& request) {
  const auto found = request.find("MaxResults");
  if (found == request.end() || found->is_null()) return static_cast<std::size_t>(kMaxResults);
  if (!found->is_number_integer()) return Fail(Unreadable());
  const auto number = found->get<std::int64_t>();
  const std::string shown = fmt::format("'{}'", number);
  if (number < 1)
    return Fail(
        Violation(shown, "maxResults", "Member must have value greater than or equal to 1"));
  if (number > kMaxResults)
    return Fail(Violation(shown, "maxResults", "Member must have value less than or equal to 10"));
  return static_cast<std::size_t>(number);
}

// The name behind which the page begins; empty: at the first.
aws::Outcome<std::string> AfterName(const Json& request) {
  const auto found = request.find("NextToken");
  if (found == request.end() || found->is_null()) return std::string();
  if (!found->is_string()) return Fail(Unreadable());
  const auto name = Base64Decode(found->get<std::string>());
  if (name && !name->empty()) return *name;
  return Fail(
      aws::ApiError{.type = "InvalidNextToken", .message = "The specified token is not valid."});
}

}  // namespace

aws::Outcome<Json> GetParameter(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, TextMember(request, "Name", "name"));
  OFFSTAGE_TRY(const bool decrypt, FlagMember(request, "WithDecryption"));
  const Selector selector = ReadSelector(name, service.parameters());
  const auto parameter = service.parameters().Find(selector.name);
  // The service says no more than the type.
  if (!parameter) {
    return Fail(aws::ApiError{.type = "ParameterNotFound",
                              .message = "",
                              .explanation = WhereToPut(selector.name, service.parameters())});
  }
  if (!selector.version.empty() && selector.version != ":1") {
    return Fail(aws::ApiError{
        .type = "ParameterVersionNotFound",
        .message =
            fmt::format("Systems Manager could not find version {} of {}. Verify the version "
                        "and try again.",
                        selector.version.substr(1), selector.name)});
  }
  return Json{{"Parameter", Describe(service, *parameter, decrypt, selector.version)}};
}

aws::Outcome<Json> GetParameters(Service& service, const Json& request) {
  const auto names = request.find("Names");
  if (names == request.end() || names->is_null())
    return Fail(Violation("null", "names", "Member must not be null"));
  if (!names->is_array()) return Fail(Unreadable());
  std::vector<std::string> wanted;
  for (const Json& name : *names) {
    if (!name.is_string()) return Fail(Unreadable());
    wanted.push_back(name.get<std::string>());
  }
  const std::string shown = fmt::format("'[{}]'", Join(wanted, ", "));
  if (wanted.empty())
    return Fail(Violation(shown, "names", "Member must have length greater than or equal to 1"));
  if (wanted.size() > kMaxNames)
    return Fail(Violation(shown, "names", "Member must have length less than or equal to 10"));
  OFFSTAGE_TRY(const bool decrypt, FlagMember(request, "WithDecryption"));
  Json found = Json::array();
  Json invalid = Json::array();
  for (const std::string& name : wanted) {
    const Selector selector = ReadSelector(name, service.parameters());
    const auto parameter = service.parameters().Find(selector.name);
    if (!parameter || (!selector.version.empty() && selector.version != ":1")) {
      invalid.push_back(name);
    } else {
      found.push_back(Describe(service, *parameter, decrypt, selector.version));
    }
  }
  return Json{{"InvalidParameters", std::move(invalid)}, {"Parameters", std::move(found)}};
}

aws::Outcome<Json> GetParametersByPath(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string path, PathMember(request));
  OFFSTAGE_TRY(const bool recursive, FlagMember(request, "Recursive"));
  OFFSTAGE_TRY(const bool decrypt, FlagMember(request, "WithDecryption"));
  OFFSTAGE_TRY(const std::size_t limit, MaxResults(request));
  OFFSTAGE_TRY(const std::string after, AfterName(request));
  Json page = Json::array();
  Json reply = Json::object();
  for (const Parameter& parameter : service.parameters().All()) {
    OFFSTAGE_TRY(const bool fits, FitsAll(parameter, request));
    if (!fits || !IsBelow(parameter.name, path, recursive)) continue;
    if (!after.empty() && parameter.name <= after) continue;
    if (page.size() == limit) {
      reply["NextToken"] = Base64Encode(page.back()["Name"].get<std::string>());
      break;
    }
    page.push_back(Describe(service, parameter, decrypt, ""));
  }
  reply["Parameters"] = std::move(page);
  return reply;
}

}  // namespace offstage::ssm

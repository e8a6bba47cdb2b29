#include "base/text.h"
#include "template/intrinsics.h"

namespace offstage::templates {
namespace {

Resolved<std::string> Variable(Scope& scope, std::string_view name, const Node* variables,
                               const Position& position) {
  Node value;
  const Node* given = variables == nullptr ? nullptr : variables->Find(name);
  const std::size_t dot = name.find('.');
  if (given != nullptr) {
    value = *given;
  } else if (dot != std::string_view::npos) {
    OFFSTAGE_TRY(value, scope.Attribute(name.substr(0, dot), name.substr(dot + 1), position));
  } else {
    OFFSTAGE_TRY(value, scope.Ref(name, position));
  }
  if (!value.IsScalar()) {
    return FailAt(position,
                  fmt::format("Fn::Sub: ${{{}}} is a list; join it with Fn::Join first", name));
  }
  return value.text();
}

// "ssm:name:version" -> the value, or null.
const std::string* FindValue(const std::map<std::string, std::string>& values,
                             const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

// service:reference, as {{resolve:...}} holds it.
Resolved<std::optional<std::string>> DynamicValue(Scope& scope, std::string_view reference,
                                                  const Position& position) {
  const LoadOptions& options = scope.context().options;
  const std::size_t colon = reference.find(':');
  const std::string_view service = reference.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : reference.substr(colon + 1);
  if (service == "ssm" || service == "ssm-secure") {
    const std::string name(rest.substr(0, rest.find(':')));
    scope.context().stack.ssm_names_read.insert(name);
    const auto found = options.ssm_parameters.find(name);
    if (found == options.ssm_parameters.end()) return std::optional<std::string>();
    // {{resolve:ssm}} takes String and StringList alone, {{resolve:ssm-secure}} SecureString alone:
    // docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
    const bool secure = found->second.type == "SecureString";
    if (secure && service == "ssm") {
      return FailAt(position, fmt::format("the SSM parameter '{}' is a SecureString, which takes "
                                          "{{{{resolve:ssm-secure:...}}}}",
                                          name));
    }
    return std::optional(found->second.value);
  }
  if (service != "secretsmanager") {
    return FailAt(
        position,
        fmt::format("there is no {{{{resolve:{}:...}}}}; there are ssm, ssm-secure, secretsmanager",
                    service));
  }
  // secret-id[:SecretString[:json-key[:stage[:version]]]]; the id may be an ARN with colons.
  std::string_view id = rest;
  std::string_view key;
  if (const std::size_t mark = rest.find(":SecretString"); mark != std::string_view::npos) {
    id = rest.substr(0, mark);
    const auto parts = Split(rest.substr(mark + 1), ':');
    key = parts.size() > 1 ? parts[1] : std::string_view();
  }
  const std::string* secret = FindValue(options.secrets, std::string(id));
  if (secret == nullptr || key.empty()) {
    return secret == nullptr ? std::optional<std::string>() : std::optional(*secret);
  }
  const auto json = ParseJson(*secret);
  if (!json.ok() || !json->is_object() || !json->contains(key)) {
    return FailAt(position, fmt::format("the local secret '{}' is no JSON object with the key '{}'",
                                        id, key));
  }
  const Json& member = (*json)[std::string(key)];
  return std::optional(member.is_string() ? member.get<std::string>() : DumpJson(member));
}

}  // namespace

Resolved<Node> Substitute(Scope& scope, const Node& text, const Node* variables) {
  const std::string_view source = text.text();
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = source.find("${", at);
    const std::size_t end = begin == std::string_view::npos ? begin : source.find('}', begin);
    if (end == std::string_view::npos) {
      out += source.substr(at);
      return Node::String(std::move(out), text.position());
    }
    out += source.substr(at, begin - at);
    const std::string_view inner = source.substr(begin + 2, end - begin - 2);
    at = end + 1;
    if (!inner.empty() && inner.front() == '!') {
      out += fmt::format("${{{}}}", inner.substr(1));
      continue;
    }
    OFFSTAGE_TRY(const std::string value, Variable(scope, Trim(inner), variables, text.position()));
    out += value;
    if (out.size() > 1024 * 1024) {
      return FailAt(text.position(), "the text that this makes is too long");
    }
  }
}

Resolved<Node> ResolveDynamicReferences(Scope& scope, const Node& text) {
  constexpr std::string_view kStart = "{{resolve:";
  const std::string_view source = text.text();
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = source.find(kStart, at);
    if (begin == std::string_view::npos) {
      out += source.substr(at);
      return Node::String(std::move(out), text.position());
    }
    const std::size_t end = source.find("}}", begin);
    if (end == std::string_view::npos) {
      // A piece of one that Fn::Join puts together; the whole is resolved after that.
      out += source.substr(at);
      return Node::String(std::move(out), text.position());
    }
    out += source.substr(at, begin - at);
    const std::string_view reference =
        source.substr(begin + kStart.size(), end - begin - kStart.size());
    OFFSTAGE_TRY(const auto value, DynamicValue(scope, reference, text.position()));
    if (value) {
      out += *value;
    } else {
      scope.Note(Fate::kRefused, text.position(), "",
                 fmt::format("{{{{resolve:{}}}}} has no local value and stays as it is written",
                             reference),
                 Reason::kNotHere);
      out += source.substr(begin, end + 2 - begin);
    }
    at = end + 2;
  }
}

Resolved<Node> CidrBlocks(const std::string& block, long long count, long long cidr_bits,
                          const Position& position) {
  unsigned parts[4] = {};
  unsigned prefix = 0;
  char rest = 0;
  // NOLINTNEXTLINE(cert-err34-c): the counts and ranges are checked below.
  const int read = std::sscanf(block.c_str(), "%3u.%3u.%3u.%3u/%2u%c", &parts[0], &parts[1],
                               &parts[2], &parts[3], &prefix, &rest);
  if (read != 5 || prefix > 32 ||
      std::any_of(parts, parts + 4, [](unsigned p) { return p > 255; })) {
    return FailAt(position,
                  fmt::format("Fn::Cidr: '{}' is no IPv4 block such as 10.0.0.0/16", block));
  }
  if (cidr_bits < 1 || cidr_bits > 32 - static_cast<long long>(prefix) || count < 1 ||
      count > 256 || count > (1LL << (32 - static_cast<long long>(prefix) - cidr_bits))) {
    return FailAt(position, fmt::format("Fn::Cidr: {} holds no {} blocks of {} bits", block, count,
                                        cidr_bits));
  }
  unsigned long long base = ((parts[0] << 24U) | (parts[1] << 16U) | (parts[2] << 8U) | parts[3]);
  base &= ~((1ULL << (32 - prefix)) - 1);
  Node list = Node::List({}, position);
  for (long long i = 0; i < count; ++i) {
    const unsigned long long address = base + (static_cast<unsigned long long>(i) << cidr_bits);
    list.items().push_back(
        Node::String(fmt::format("{}.{}.{}.{}/{}", address >> 24U & 255U, address >> 16U & 255U,
                                 address >> 8U & 255U, address & 255U, 32 - cidr_bits),
                     position));
  }
  return list;
}

}  // namespace offstage::templates

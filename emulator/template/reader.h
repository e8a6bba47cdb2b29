// Inside the component: what the YAML and the JSON reader share.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "template/document.h"

namespace offstage::templates {

// "name:line:column: message"; line and column from 1.
Error ErrorAt(const Position& position, std::string_view message);

Result<Document> ReadYaml(std::string_view text, std::string_view name, const ReadLimits& limits);
Result<Document> ReadJson(std::string_view text, std::string_view name, const ReadLimits& limits);

// What a value costs of ReadLimits::max_nodes: one, and one more for each 64 bytes of text.
std::size_t NodeCost(std::string_view text);
// Of a whole subtree.
std::size_t TreeCost(const Node& node);

// The scalar kind that YAML 1.1 gives a plain (unquoted) text, as SAM's and CloudFormation's
// readers do: yes/no/on/off are booleans; dates stay text; numbers with a leading zero stay text
// (they are account ids far more often than octal numbers).
Node PlainScalar(std::string_view text, Position position);

// {"Ref": value}, {"Fn::GetAtt": [...]} ... for the short tag `name` ("Ref", "GetAtt").
Node ExpandShortTag(std::string_view name, Node value, const Position& position);

}  // namespace offstage::templates

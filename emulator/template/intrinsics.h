// Inside the component: CloudFormation's intrinsic functions.
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "template/scope.h"

namespace offstage::templates {

using Intrinsic = Resolved<std::optional<Node>> (*)(Scope& scope, const Node& argument,
                                                    const Position& position);

// The function of a map's only key ("Ref", "Fn::Join"), or null.
Intrinsic FindIntrinsic(std::string_view key);
std::vector<std::string> IntrinsicNames();

// True for {"Ref": ...} and {"Fn::X": ...}.
bool IsIntrinsic(const Node& node);

// A condition as written: a function of conditions or {"Condition": name}.
Resolved<bool> EvaluateCondition(Scope& scope, const Node& node);

// The text of Fn::Sub with ${...} replaced; `variables` is null or a resolved map.
Resolved<Node> Substitute(Scope& scope, const Node& text, const Node* variables);

// "{{resolve:ssm:...}}" and its kin, from the values that the options hold.
Resolved<Node> ResolveDynamicReferences(Scope& scope, const Node& text);

// One block of `count` addresses of 2^cidr_bits each; implements Fn::Cidr for IPv4.
Resolved<Node> CidrBlocks(const std::string& block, long long count, long long cidr_bits,
                          const Position& position);

// Reads and resolves the file of an AWS::Include transform.
Resolved<Node> IncludeFile(Scope& scope, const Node& transform, const Position& position);

}  // namespace offstage::templates

// Inside the component: from a resource's resolved properties to the Stack's structs.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

// Adds the function, table or layer that the resource is; other types need nothing.
Check BuildResource(Scope& scope, ResourceEntry& entry, const Node& properties,
                    const Node& metadata);

Check BuildFunction(Scope& scope, ResourceEntry& entry, const Node& properties,
                    const Node& metadata);
Check BuildTable(Scope& scope, ResourceEntry& entry, const Node& properties);
Check BuildSimpleTable(Scope& scope, ResourceEntry& entry, const Node& properties);

// All APIs of the template, once its functions are built.
void BuildApis(Scope& scope);

// Connects what refers to functions and layers by ARN, across the whole tree.
void LinkStack(LoadContext& context);

// The function's name in any ARN or integration URI that holds one ("...:function:NAME:alias/...").
std::string FunctionNameInArn(std::string_view arn);

// What SAM or the author gave, as text; "" when absent.
std::vector<std::string> TextList(const Node* node);
// Tags: a list of {Key, Value}, or SAM's map; null: none.
TextPairs ReadTags(const Node* written);

}  // namespace offstage::templates

// The actions that IAM policies can name.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offstage::validate {

// Of a service's prefix ("dynamodb"), as AWS spells them. Null: a service that the table lacks.
const std::vector<std::string>* FindServiceActions(std::string_view service);

}  // namespace offstage::validate

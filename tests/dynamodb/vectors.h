// Cases kept as JSON under fixtures/vectors/: each file holds one array of objects, each with a
// "name" that is its test's name.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace offstage::dynamodb {

struct VectorCase {
  std::string name;
  nlohmann::json body;
};

inline void PrintTo(const VectorCase& vector_case, std::ostream* out) {
  *out << vector_case.body;
}

// `file`: below fixtures/vectors/.
inline std::vector<VectorCase> ReadVectors(const std::string& file) {
  std::ifstream in(std::string(OFFSTAGE_SOURCE_DIR) + "/fixtures/vectors/" + file);
  std::vector<VectorCase> cases;
  for (nlohmann::json& body : nlohmann::json::parse(in)) {
    cases.push_back({body.at("name").get<std::string>(), body});
  }
  return cases;
}

struct VectorName {
  template <typename Info>
  std::string operator()(const Info& parameter) const {
    return parameter.param.name;
  }
};

}  // namespace offstage::dynamodb

// Data files of `--seed` and `data import|export`: one JSON object whose members are tables.
//
//   {"UsersTable": [{"github_username": "ada", "score": 12}, ...]}            plain JSON
//   {"UsersTable": [{"github_username": {"S": "ada"}, "score": {"N": "12"}}]}  DynamoDB JSON
//
// The two may be mixed, item by item; what `aws dynamodb scan` prints ({"Items": [...]}) is taken
// as a table's value too. Numbers keep all their digits.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace offstage::app {

struct SeedTable {
  // As the file names it: a logical id, a path ("Data/UsersTable") or a physical name.
  std::string table;
  // DynamoDB JSON texts.
  std::vector<std::string> items;
};

// Fails with the file and the place: not JSON, no object of lists, an item that is no object.
Result<std::vector<SeedTable>> ReadSeedFile(const std::filesystem::path& file);
// The same from text; `name` stands for the file in errors.
Result<std::vector<SeedTable>> ParseSeed(std::string_view text, std::string_view name);

// A DynamoDB JSON item as plain JSON text: what ParseSeed would read back, except that sets become
// lists and binaries base64 text.
std::string ToPlainJson(std::string_view dynamodb_item);

}  // namespace offstage::app

#include "scenario/starting_point.h"

#include "scenario/action.h"
#include "scenario/people.h"
#include "template/loader.h"

namespace offstage::scenario {

Status AddGiven(const Node& given, const std::filesystem::path& folder, StartingPoint& start) {
  if (const Node* data = given.Find("data")) {
    if (data->IsScalar()) start.files.push_back((folder / data->text()).lexically_normal());
    for (const Node& file : data->items())
      start.files.push_back((folder / file.text()).lexically_normal());
  }
  if (const Node* tables = given.Find("tables")) {
    for (const templates::Entry& table : tables->entries()) {
      Json& items = start.tables[table.key];
      if (items.is_null()) items = Json::array();
      for (const Node& item : table.value.items())
        items.push_back(templates::ToJson(item));
    }
  }
  if (const Node* users = given.Find("users")) {
    for (UserSpec& user : ToUsers(*users)) {
      // The scenario's own take the place of the file's.
      std::erase_if(start.users, [&user](const UserSpec& u) { return u.name == user.name; });
      start.users.push_back(std::move(user));
    }
  }
  if (const Node* parameters = given.Find("parameters")) {
    for (const templates::Entry& entry : parameters->entries()) {
      OFFSTAGE_TRY(start.parameters[entry.key],
                   templates::ReadSsmParameter(entry.key, entry.value));
    }
  }
  if (const Node* clock = given.Find("clock")) {
    OFFSTAGE_TRY(start.clock, ParseClock(*clock));
  }
  if (const Node* faults = given.Find("faults")) {
    for (FaultRequest& fault : ToFaults(*faults))
      start.faults.push_back(std::move(fault));
  }
  return Ok();
}

}  // namespace offstage::scenario

// CheckReferences: whether the users and files that a scenario speaks of are there. What the
// template has is asked by names.h.
#pragma once

#include <set>
#include <string>

#include "scenario/model.h"

namespace offstage::scenario {

// `told`: the places that have been complained of already, each of which is named once.
void CheckReferences(const Scenario& scenario, std::set<std::string>& told, Problems& problems);

}  // namespace offstage::scenario

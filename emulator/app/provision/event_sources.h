// What invokes the functions of a stack without a request: DynamoDB and schedule events of SAM
// functions, AWS::Lambda::EventSourceMapping, AWS::Events::Rule and AWS::Scheduler::Schedule.
#pragma once

#include <vector>

#include "events/service.h"
#include "template/stack.h"

namespace offstage::app {

struct EventSources {
  events::Sources sources = {};
  // What is left out and why: "Function.Events.Name", "Mapping", "Rule.Targets.Id".
  std::vector<templates::Note> notes = {};
};

EventSources ToEventSources(const templates::Stack& stack);

}  // namespace offstage::app

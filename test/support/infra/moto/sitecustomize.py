# Python reads this as it starts. Moto updates resources whose condition does not hold as if it did; AWS leaves them alone.
import moto.cloudformation.parsing as parsing

update = parsing.parse_and_update_resource


def update_where_condition_holds(logical_id, resource_json, resources_map, **others):
    condition = resource_json.get("Condition")
    if condition and not resources_map.lazy_condition_map[condition]:
        return None
    return update(logical_id, resource_json, resources_map, **others)


parsing.parse_and_update_resource = update_where_condition_holds

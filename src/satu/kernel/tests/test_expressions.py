import threading

import pytest

from satu.kernel.expressions import DecisionTable, RuleError, check_expression, evaluate


def test_an_expression_sees_the_values_it_is_given():
    assert evaluate("age >= 17 or married", {"age": 16, "married": True}) is True


@pytest.mark.parametrize("expression", ["age >", "import os", "__import__('os')", "open('/etc/passwd')"])
def test_what_is_not_an_expression_is_refused_with_its_text(expression):
    with pytest.raises(RuleError, match="not an expression") as caught:
        check_expression(expression)
    assert "Stack backtrace" not in str(caught.value)


def test_a_value_of_the_wrong_type_is_a_rule_error_and_names_the_expression():
    with pytest.raises(RuleError, match="age >= 17"):
        evaluate("age >= 17", {"age": "old"})


def test_a_compiled_expression_can_be_used_from_any_thread():
    answers = []
    evaluate("a + 1", {"a": 1})
    threads = [threading.Thread(target=lambda n=n: answers.append(evaluate("a + 1", {"a": n}))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [1, 2, 3, 4]


def test_what_is_not_a_decision_table_is_refused():
    with pytest.raises(RuleError):
        DecisionTable({"nodes": "none"}).decide({})

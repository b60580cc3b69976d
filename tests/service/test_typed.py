"""What was typed stands in its form again, and nothing else of a page changes."""

from courseware.service import typed

PAGE = """<p>é &amp; &copy</p><form method="post" action="/a/b%20c">
<input type="hidden" name="_xsrf" value="x"><input type="hidden" name="id" value="1">
<input name="t" value="old"></form>
<details class="d"><summary>More</summary><form method="post" action="/a/b%20c">
<input type="hidden" name="id" value="2"><input name="t" value="old" required><input type="password" name="p">
<textarea name="long">before</textarea><input type="checkbox" name="c" value="yes">
<input type="radio" name="r" value="1" checked><input type="radio" name="r" value="2">
<select name="s"><option value="">-</option><option value="one">One</option></select></form></details>
<input name="t" value="outside">"""


def test_the_form_whose_hidden_fields_were_sent_is_filled_and_opened() -> None:
    sent = {"id": "2", "t": '"><b>', "p": "secret", "long": "</textarea>&", "c": "yes", "r": "2", "s": "one"}
    found = typed.fill(PAGE, typed.Typed(address="/a/b c", fields=sent))
    before, _, after = found.partition('<details class="d" open>')
    assert before == PAGE.partition("<details")[0]
    assert '<input name="t" required value="&quot;&gt;&lt;b&gt;">' in after
    assert '<textarea name="long">\n&lt;/textarea&gt;&amp;</textarea>' in after
    assert '<input type="checkbox" name="c" value="yes" checked>' in after
    assert '<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>' in after
    assert '<option value="">-</option><option value="one" selected>One</option>' in after
    assert "secret" not in after
    assert after.endswith('<input name="t" value="outside">')


def test_a_page_without_the_form_is_as_it_was() -> None:
    for address, number in (("/a", "2"), ("/a/b c", "3")):
        told = typed.Typed(address=address, fields={"id": number, "t": "new"})
        assert typed.fill(PAGE, told) == PAGE

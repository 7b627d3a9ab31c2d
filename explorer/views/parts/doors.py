"""What stands before every page: a page of another site ends here, and a class says its code."""

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import class_code as codes
from explorer.server import connection, visitor


def own_page() -> None:
    """Shows nothing more to a page of another site than why."""
    if refused := connection.refusal():
        st.error(escaped(refused), icon=":material/block:")
        st.stop()


def class_code() -> None:
    """Where the server has a class code: asks for it, and shows nothing more until it is right."""
    me = visitor.me().id
    if codes.let_in(me):
        return
    st.header("ResNet Explorer")
    with st.form("class_code_form", border=False, enter_to_submit=True, width=360):
        text = st.text_input("The class code", type="password", key="class_code_text")
        sent = st.form_submit_button("Enter", type="primary")
    if sent:
        wrong = codes.enter(text, me)
        if not wrong:
            st.rerun()
        st.warning(wrong)
    st.stop()

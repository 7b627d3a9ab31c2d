"""The button of a teacher: the token, and the end of acting as one."""

import streamlit as st

from explorer.server.teacher import enter, entered, leave, token


def popover() -> None:
    """A small button for the token; nothing on a server without one."""
    if not token():
        return
    acts = entered()
    label = "Teacher: on" if acts else "Teacher"
    key = f"teacher_{'is' if acts else 'asks'}"  # another key: it closes when the token was right
    with st.popover(label, icon=":material/school:", type="tertiary", key=key):
        if acts:
            st.markdown("You may reorder the line and stop what others launched.")
            st.button("Leave", key="teacher_leave", on_click=leave)
            return
        with st.form("teacher_form", border=False, enter_to_submit=True):
            text = st.text_input("The teacher's token", type="password", key="teacher_token")
            sent = st.form_submit_button("Enter")
        if sent:
            wrong = enter(text)
            if not wrong:
                st.rerun()
            st.warning(wrong)

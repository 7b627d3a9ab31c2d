"""ResNet Explorer: page set-up and navigation. Start with `streamlit run explorer/app.py`."""

from pathlib import Path

import streamlit as st

from explorer.server import connection, refreshes, sentences, shared, visitor
from explorer.views import BUILD, RUNS, TRAIN, WHY
from explorer.views.parts import doors
from explorer.views.parts.health_notice import health_notice
from explorer.views.parts.notices import notices

ASSETS = Path(__file__).parent / "assets"


def to_train() -> None:
    """The default page has the address "/" alone; people also type or link to /train."""
    st.switch_page(TRAIN, query_params=st.query_params.to_dict())


connection.guard()
refreshes.mend()
sentences.show()
st.set_page_config("ResNet Explorer", page_icon=str(ASSETS / "icon.svg"), layout="wide")
st.html(ASSETS / "page.css")
if st.context.is_embedded:  # inside another page: no navigation, and no space around
    st.html(ASSETS / "embedded.css")
else:
    st.logo(str(ASSETS / "logo.svg"), size="large")
doors.own_page()
try:
    shared.start()
except shared.StoreError as error:
    sentences.say(error)
    st.stop()
visitor.remember()
doors.class_code()
notices()

page = st.navigation(
    [
        st.Page(BUILD, title="Build", icon=":material/layers:", url_path="build"),
        st.Page(TRAIN, title="Train", icon=":material/show_chart:", url_path="home", default=True),
        st.Page(RUNS, title="Runs", icon=":material/list:", url_path="runs"),
        st.Page(WHY, title="Why", icon=":material/science:", url_path="why"),
        st.Page(to_train, title="Train", url_path="train", visibility="hidden"),
    ],
    position="hidden" if st.context.is_embedded else "top",
)
health_notice()  # its links need the pages
page.run()

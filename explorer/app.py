"""ResNet Explorer: page set-up and navigation. Start with `streamlit run explorer/app.py`."""

from pathlib import Path

import streamlit as st

from explorer import keeper, refreshes, visitor
from explorer.notices import notices

HERE = Path(__file__).parent
TRAIN = "views/train.py"


def to_train() -> None:
    """The default page has the address "/" alone; people also type or link to /train."""
    st.switch_page(TRAIN, query_params=st.query_params.to_dict())


refreshes.mend()
st.set_page_config("ResNet Explorer", page_icon=str(HERE / "icon.svg"), layout="wide")
st.html(HERE / "page.css")
if st.context.is_embedded:  # inside another page: no navigation, and no space around
    st.html(HERE / "embedded.css")
else:
    st.logo(str(HERE / "logo.svg"), size="large")
keeper.start()
visitor.remember()
notices()

st.navigation(
    [
        st.Page("views/build.py", title="Build", icon=":material/layers:"),
        st.Page(TRAIN, title="Train", icon=":material/show_chart:", url_path="home", default=True),
        st.Page("views/runs.py", title="Runs", icon=":material/list:"),
        st.Page("views/why.py", title="Why", icon=":material/science:"),
        st.Page(to_train, title="Train", url_path="train", visibility="hidden"),
    ],
    position="hidden" if st.context.is_embedded else "top",
).run()

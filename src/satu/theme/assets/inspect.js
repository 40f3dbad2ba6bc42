// A question for a place: the phone fills it in, if the officer lets it.
for (const input of document.querySelectorAll("input[data-location]")) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "govuk-button govuk-button--secondary govuk-button--small",
    textContent: input.dataset.location,
  });
  const told = Object.assign(document.createElement("p"), { className: "small quiet" });
  told.setAttribute("role", "status");
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        input.value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
        told.textContent = `\u00b1 ${Math.round(coords.accuracy)} m`;
      },
      () => {
        told.textContent = input.dataset.failed;
        input.focus();
      },
      { enableHighAccuracy: true, timeout: 20000 },
    );
  });
  if (navigator.geolocation) input.after(button, told);
}

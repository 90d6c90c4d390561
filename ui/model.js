// Runs when the models are on the page.
element.addEventListener("change", (event) => trigger("use", {name: event.target.value}));

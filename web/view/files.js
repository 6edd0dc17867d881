// Files that somebody drops or pastes: they cannot be sent, and a browser left to itself would open one
// in the place of the chat.

/** @param {(sentence: string) => void} tell */
export function refuseFiles(tell) {
  for (const type of ["dragover", "drop"]) {
    addEventListener(type, (event) => {
      const { dataTransfer, target } = /** @type {DragEvent} */ (event);
      const hasFiles = dataTransfer?.types.includes("Files") ?? false;
      // Text may be dragged to where text is written.
      if (!hasFiles && /** @type {Element} */ (target).closest?.("input, textarea")) return;
      event.preventDefault();
      if (dataTransfer && type === "dragover") dataTransfer.dropEffect = "none";
      if (hasFiles && type === "drop") tell(sentence([...(dataTransfer?.files ?? [])]));
    });
  }
  addEventListener("paste", ({ clipboardData }) => {
    // Some programs put a picture beside the text that they copy.
    if (!clipboardData?.types.includes("Files") || clipboardData.getData("text/plain") !== "") return;
    tell(sentence([...clipboardData.files]));
  });
}

/** @param {File[]} files */
function sentence(files) {
  const what = files.length === 1 && files[0] ? `"${files[0].name}"` : `${files.length} files`;
  return `Can't send ${what}: Nebula sends text. Share a link to it instead`;
}

// Whether Enter sends: not while an input method composes, in whichever order a browser tells. Pure.

/** @typedef {{key: string, shiftKey: boolean, isComposing: boolean, keyCode: number}} Press */

/** @param {(then: () => void) => void} afterThisTick */
export function newEnter(afterThisTick) {
  let composing = false;
  let justEnded = false;
  return {
    begins() {
      composing = true;
    },
    /** Safari tells of the end first, and of the Enter that ended it right after. */
    ends() {
      composing = false;
      justEnded = true;
      afterThisTick(() => { justEnded = false; });
    },
    /** The key belongs to an input method.
     * @param {Press} press */
    isComposing: (press) => composing || justEnded || press.isComposing || press.keyCode === 229,
    /** @param {Press} press */
    sends(press) {
      return press.key === "Enter" && !press.shiftKey && !this.isComposing(press);
    },
  };
}

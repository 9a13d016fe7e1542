/** Nothing yet that every test needs. */
export default (): void => {}

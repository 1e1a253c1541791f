export { isTroubled, stateInWords } from "../../components/words/channelState";

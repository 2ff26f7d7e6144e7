namespace Chat;

/// <summary>What <c>--help</c> and <c>/help</c> print.</summary>
internal static class HelpText
{
    public const string CommandLine = """
        Talk to Grok in a terminal, over xAI's Responses API.

          chat [options] [message ...]     each message is a turn of one conversation
          ... | chat [options]             each line that is not empty is a turn
          chat [options]                   a prompt to talk at

        Options:
          --model NAME              the model (else GROK_MODEL, else grok-4.7)
          --system TEXT             the system prompt of a new conversation
          --image PATH|URL          goes with the first message; JPEG or PNG up to 20 MiB; may be repeated
          --conversation NAME       keep the conversation under this name, and go on with it whenever it is named again
          --database FILE           where it is kept (else conversations.db beside the program)
          --continue RESPONSE_ID    go on from a response stored earlier
          --budget USD              send nothing more once the conversation has cost that much
          --no-store                nothing is kept by the service: the whole history is sent with each turn
          --encrypted-reasoning     ask for the model's reasoning in encrypted form
          --endpoint URL            the API's address (else XAI_BASE_URL, else https://api.x.ai/v1)
          --json                    one JSON object per turn on standard output, and nothing else there
          --show-wire               print each request body as it is sent
          --help                    print this

        XAI_API_KEY holds the key. Without one, and without an endpoint, an emulator of the API answers in its place.
        NO_COLOR switches colours off.

        Exit code: 0 all turns succeeded, 2 something was wrong (one line on standard error says what), 130 stopped by Ctrl+C.

        """ + Commands;

    public const string Commands = """
        Commands, in place of a message:
          /history          the turns so far, all branches, what the server still has, and where the conversation stands
          /fork N [NAME]    go on from turn N, as a new branch (0: from the beginning), or as a second conversation
          /rewind [N]       go back N turns, or one
          /regenerate       ask the last question again; the other answer stays as a branch
          /reasoning        the reasoning behind the last answer
          /usage            tokens and cost of this session, and of a conversation that is kept
          /delete           delete this conversation here and on the server, and start anew
          /conversations    the conversations there are
          /switch NAME      go on with that conversation, or begin it
          /export FILE      write this conversation as JSON, all branches
          /import FILE      read one that was written so, in place of a conversation not begun yet
          /help             print this
          /exit             leave; so do Ctrl+D and Ctrl+C on an empty line

        """;
}

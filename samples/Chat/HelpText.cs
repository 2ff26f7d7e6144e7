namespace Chat;

/// <summary>The texts of <c>--help</c> and <c>/help</c>.</summary>
internal static class HelpText
{
    public const string CommandLine = """
        Chat with Grok in a terminal, over xAI's Responses API.

          chat [options] [message ...]     each message is one turn of a conversation
          ... | chat [options]             each non-empty line is one turn
          chat [options]                   interactive prompt

        Options:
          --model NAME              the model (default: GROK_MODEL, or grok-4.7)
          --system TEXT             the system prompt of a new conversation
          --image PATH|URL          an image for the first message; JPEG or PNG up to 20 MiB; can be repeated
          --conversation NAME       store the conversation under this name, or continue it
          --database FILE           the file of the conversations (default: conversations.db next to the program)
          --continue RESPONSE_ID    continue from a stored response
          --budget USD              stop sending when the conversation has reached this cost
          --no-store                xAI stores nothing: the whole history is sent with each turn
          --encrypted-reasoning     request the model's reasoning in encrypted form
          --endpoint URL            the API's address (default: XAI_BASE_URL, or https://api.x.ai/v1)
          --json                    one JSON object per turn on standard output; other output goes to standard error
          --show-wire               print each request body
          --help                    print this help

        XAI_API_KEY is the API key. Without a key and an endpoint, a local emulator of the API answers.
        NO_COLOR disables colors.

        Exit code: 0 all turns succeeded, 2 invalid input or failure (explained in one line on standard error), 130 stopped by Ctrl+C.

        """ + Commands;

    public const string Commands = """
        Commands, instead of a message:
          /history          list all turns and branches, their storage on the server, and the head
          /fork N [NAME]    continue from turn N in a new branch (0: from the beginning), or in a second conversation
          /rewind [N]       go back N turns (default: 1)
          /compact          replace the turns by a summary in what the model sees; the turns remain
          /regenerate       request another answer to the last message; the old answer remains as a branch
          /reasoning        show the reasoning of the last answer
          /usage            show tokens and cost of this session, and of a stored conversation
          /delete           delete this conversation locally and on the server, and start a new one
          /conversations    list the stored conversations
          /switch NAME      continue or start another conversation
          /export FILE      write this conversation with all branches as JSON
          /import FILE      read an exported conversation into a conversation without turns
          /help             print this help
          /exit             exit, as Ctrl+D and Ctrl+C on an empty line do

        """;
}

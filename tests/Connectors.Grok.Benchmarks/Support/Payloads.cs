using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>Answers in the shape of recorded ones: members in the service's order, <c>event:</c> lines, ids of the usual length.</summary>
internal static class Payloads
{
    public const string Id = "769f3302-64f9-4c72-2b48-860c87fd9b2a";

    /// <summary>The user's message of a turn.</summary>
    public const string Question = "And then? Tell me in a few words what comes after that.";

    private const string MessageId = "msg_" + Id;
    private const string ReasoningId = "rs_" + Id;

    private const int CallTokens = 12;
    private const int AnswerTexts = 1600;
    private const int AnswerThoughts = 300;
    private const int AnswerMessage = 4; // the index of the message in the output

    private static readonly string[] Words = [" the", " model", " answers", " in", " pieces", ",", " a", " word", " or", " less", " each", ".", " So", " it", " goes"];

    /// <summary>A delta as models stream it: a word or less.</summary>
    public static string Word(int index) => Words[index % Words.Length];

    public static string Text(int words) => string.Concat(Enumerable.Range(0, words).Select(Word));

    /// <summary>The frames of an answer, with or without reasoning.</summary>
    public static byte[] Stream(int texts, int thoughts, int sealedBytes = 0)
    {
        var frames = new Frames();
        frames.Add("response.created", $"\"response\":{Response("in_progress", "", "null")}");
        frames.Add("response.in_progress", $"\"response\":{Response("in_progress", "", "null")}");
        var items = new List<string>();
        if (thoughts > 0)
        {
            items.Add(Reasoning(Text(thoughts), sealedBytes));
            AddThoughts(frames, thoughts, items[0]);
        }

        if (texts > 0)
        {
            items.Add(Message(Text(texts), "[]"));
            AddTexts(frames, texts, items.Count - 1, items[^1]);
        }

        frames.Add("response.completed", $"\"response\":{Response("completed", string.Join(',', items), Usage(texts, thoughts))}");
        return frames.ToBytes();
    }

    /// <summary>The frames of a number of text deltas only.</summary>
    public static byte[][] Deltas(int count) => [.. Enumerable.Range(0, count).Select(static i => Encoding.UTF8.GetBytes(Frames.Of("response.output_text.delta", i + 4, TextDelta(i, 0))))];

    /// <summary>The frames before and after the deltas of a text.</summary>
    public static (byte[] First, byte[] Last) Around(int texts)
    {
        var all = Stream(texts, 0).AsSpan();
        var (first, last) = (all.IndexOf("event: response.output_text.delta"u8), all.IndexOf("event: response.output_text.done"u8));
        return (all[..first].ToArray(), all[last..].ToArray());
    }

    /// <summary>The frames of an answer that calls a function. The service sends the arguments in one delta.</summary>
    /// <param name="call">The number of the call, which is part of its id.</param>
    /// <param name="name">The name of the function.</param>
    /// <param name="arguments">The arguments as JSON.</param>
    public static byte[] CallStream(int call, string name, string arguments)
    {
        var (frames, itemId) = (new Frames(), $"fc_{Id}_{call}");
        var place = $"\"item_id\":\"{itemId}\",\"output_index\":0";
        frames.Add("response.created", $"\"response\":{Response("in_progress", "", "null")}");
        frames.Add("response.in_progress", $"\"response\":{Response("in_progress", "", "null")}");
        frames.Add("response.output_item.added", $"\"item\":{Item("", "in_progress")},\"output_index\":0");
        frames.Add("response.function_call_arguments.delta", $"{place},\"delta\":{Quoted(arguments)}");
        frames.Add("response.function_call_arguments.done", $"{place},\"arguments\":{Quoted(arguments)}");
        frames.Add("response.output_item.done", $"\"item\":{Item(arguments, "completed")},\"output_index\":0");
        frames.Add("response.completed", $"\"response\":{Response("completed", Item(arguments, "completed"), Usage(CallTokens, 0))}");
        return frames.ToBytes();

        string Item(string text, string status) =>
            $$"""{"type":"function_call","id":"{{itemId}}","call_id":"call_{{call:00000000}}","name":"{{name}}","arguments":{{Quoted(text)}},"status":"{{status}}"}""";

        static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
    }

    /// <summary>The data of the first event of each of some types.</summary>
    public static IEnumerable<byte[]> Data(byte[] frames, params IEnumerable<string> types)
    {
        var lines = Encoding.UTF8.GetString(frames).Split('\n');
        return types.Select(type => Encoding.UTF8.GetBytes(lines[Array.IndexOf(lines, $"event: {type}") + 1]["data: ".Length..]));
    }

    /// <summary>An answer of about 20 kB: reasoning with its blob, searches, calls, and a text with citations.</summary>
    public static byte[] Answer() => Encoding.UTF8.GetBytes(Response("completed", string.Join(',', AnswerItems()), Usage(AnswerTexts, AnswerThoughts)));

    /// <summary>The frames of <see cref="Answer"/>.</summary>
    public static byte[] AnswerStream()
    {
        var frames = new Frames();
        frames.Add("response.created", $"\"response\":{Response("in_progress", "", "null")}");
        var items = AnswerItems();
        for (var i = 0; i < items.Length; i++)
        {
            if (i == 0)
            {
                AddThoughts(frames, AnswerThoughts, items[i]);
            }
            else if (i == AnswerMessage)
            {
                AddTexts(frames, AnswerTexts, i, items[i]);
            }
            else
            {
                frames.Add("response.output_item.added", $"\"item\":{items[i]},\"output_index\":{i}");
                frames.Add("response.output_item.done", $"\"item\":{items[i]},\"output_index\":{i}");
            }
        }

        frames.Add("response.completed", $"\"response\":{Response("completed", string.Join(',', items), Usage(AnswerTexts, AnswerThoughts))}");
        return frames.ToBytes();
    }

    private static string[] AnswerItems()
    {
        var notes = string.Join(',', Enumerable.Range(0, 12).Select(static i =>
            $$"""{"type":"url_citation","url":"https://example.org/articles/2026/11/{{i:000}}/how-it-goes","start_index":{{i * 90}},"end_index":{{(i * 90) + 5}},"title":"{{i}}"}"""));
        return
        [
            Reasoning(Text(AnswerThoughts), 6000),
            .. Enumerable.Range(0, AnswerMessage - 1).Select(static i =>
                $$$"""{"id":"ws_{{{Id}}}_{{{i}}}","type":"web_search_call","status":"completed","action":{"type":"search","query":"how it goes {{{i}}}","sources":[{"type":"url","url":"https://example.org/{{{i}}}"}]}}"""),
            Message(Text(AnswerTexts), $"[{notes}]"),
            .. Enumerable.Range(0, 3).Select(static i =>
                $$"""{"type":"function_call","id":"fc_{{Id}}_{{i}}","call_id":"call_{{i:00000000}}","name":"look_up","arguments":"{\"city\":\"Oslo\",\"days\":{{i}},\"units\":\"metric\"}","status":"completed"}"""),
        ];
    }

    /// <summary>The shortest answer.</summary>
    public static byte[] Word() => Encoding.UTF8.GetBytes(Response("completed", Message("Yes.", "[]"), Usage(1, 0)));

    private static void AddThoughts(Frames frames, int thoughts, string item)
    {
        const string Place = $"\"item_id\":\"{ReasoningId}\",\"output_index\":0,\"summary_index\":0";
        var text = Text(thoughts);
        frames.Add("response.output_item.added", "\"item\":" + $$"""{"id":"{{ReasoningId}}","summary":[],"type":"reasoning","status":"in_progress"},"output_index":0""");
        frames.Add("response.reasoning_summary_part.added", $"{Place},\"part\":" + """{"text":"","type":"summary_text"}""");
        for (var i = 0; i < thoughts; i++)
        {
            frames.Add("response.reasoning_summary_text.delta", $"{Place},\"delta\":\"{Word(i)}\"");
        }

        frames.Add("response.reasoning_summary_text.done", $"{Place},\"text\":\"{text}\"");
        frames.Add("response.output_item.done", $"\"item\":{item},\"output_index\":0");
    }

    private static void AddTexts(Frames frames, int texts, int index, string item)
    {
        var place = $"\"item_id\":\"{MessageId}\",\"output_index\":{index},\"content_index\":0";
        var text = Text(texts);
        frames.Add("response.output_item.added", "\"item\":" + $$"""{"content":[],"id":"{{MessageId}}","role":"assistant","type":"message","status":"in_progress"},"output_index":{{index}}""");
        for (var i = 0; i < texts; i++)
        {
            frames.Add("response.output_text.delta", TextDelta(i, index));
        }

        frames.Add("response.output_text.done", $"{place},\"text\":\"{text}\",\"logprobs\":[]");
        frames.Add("response.output_item.done", $"\"item\":{item},\"output_index\":{index}");
    }

    private static string TextDelta(int i, int index) =>
        $"\"item_id\":\"{MessageId}\",\"output_index\":{index},\"content_index\":0,\"delta\":\"{Word(i)}\",\"logprobs\":[]";

    private static string Message(string text, string annotations) =>
        $$"""{"content":[{"type":"output_text","text":"{{text}}","logprobs":[],"annotations":{{annotations}}}],"id":"{{MessageId}}","role":"assistant","type":"message","status":"completed"}""";

    private static string Reasoning(string summary, int sealedBytes) =>
        $$"""{"id":"{{ReasoningId}}","summary":[{"text":"{{summary}}","type":"summary_text"}],"type":"reasoning","encrypted_content":"{{Convert.ToBase64String(Noise(sealedBytes))}}","status":"completed"}""";

    private static string Response(string status, string output, string usage) =>
        $$$"""{"created_at":1781829888,"completed_at":1781829890,"id":"{{{Id}}}","max_output_tokens":null,"model":"grok-4.7","object":"response","output":[{{{output}}}],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":"medium","summary":"detailed"},"temperature":0.7,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":0.95,"usage":{{{usage}}},"user":null,"incomplete_details":null,"status":"{{{status}}}","store":true,"metadata":{}}""";

    private static string Usage(int texts, int thoughts) =>
        $$"""{"input_tokens":216,"input_tokens_details":{"cached_tokens":192},"output_tokens":{{texts + thoughts}},"output_tokens_details":{"reasoning_tokens":{{thoughts}}},"total_tokens":{{216 + texts + thoughts}},"num_sources_used":0,"num_server_side_tools_used":0,"cost_in_usd_ticks":3244000}""";

    /// <summary>Pseudorandom bytes, equal in every run.</summary>
    public static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        var state = 0x2545F491u;
        for (var i = 0; i < count; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            bytes[i] = (byte)state;
        }

        return bytes;
    }

    private sealed class Frames
    {
        private readonly StringBuilder _text = new();
        private int _number;

        public static string Of(string type, int number, string members) => $$"""
            event: {{type}}
            data: {"sequence_number":{{number}},"type":"{{type}}",{{members}}}


            """.ReplaceLineEndings("\n");

        public void Add(string type, string members) => _text.Append(Of(type, _number++, members));

        public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());
    }
}

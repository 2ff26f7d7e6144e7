using System.Text.Json;
using System.Text.Json.Serialization;

namespace Web;

/// <summary>The source-generated JSON types of the API.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = WebJson.Depth)]
[JsonSerializable(typeof(MessageRequest))]
[JsonSerializable(typeof(TurnRequest))]
[JsonSerializable(typeof(ResumeRequest))]
[JsonSerializable(typeof(About))]
[JsonSerializable(typeof(IReadOnlyList<ConversationItem>))]
[JsonSerializable(typeof(ConversationView))]
[JsonSerializable(typeof(TurnReply))]
[JsonSerializable(typeof(RenameRequest))]
[JsonSerializable(typeof(Shortened))]
[JsonSerializable(typeof(Ended))]
[JsonSerializable(typeof(StoppedAt))]
[JsonSerializable(typeof(CompactionView))]
[JsonSerializable(typeof(Started))]
[JsonSerializable(typeof(Forked))]
[JsonSerializable(typeof(Piece))]
[JsonSerializable(typeof(Markdown.AnswerPiece))]
[JsonSerializable(typeof(Sources))]
[JsonSerializable(typeof(Finished))]
[JsonSerializable(typeof(Failed))]
[JsonSerializable(typeof(Microsoft.AspNetCore.Mvc.ProblemDetails))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
internal sealed partial class WebJson : JsonSerializerContext
{
    /// <summary>More than the trees of answers have: each container takes two levels, and a paragraph can nest emphasis.</summary>
    public const int Depth = 512;
}

using System.Text.Json.Serialization;
using Web.Memory;

namespace Web;

/// <summary>A message to send.</summary>
/// <param name="Text">The text.</param>
/// <param name="Images">The images.</param>
/// <param name="Files">The files.</param>
/// <param name="After">The id of the parent turn; empty for the beginning, null for the end of the conversation.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Model">The model; null for the default.</param>
/// <param name="Effort">The reasoning effort; null for the default.</param>
/// <param name="Fault">The failure to simulate with the emulator: <c>429</c>, <c>cut</c> or <c>stall</c>; null for none.</param>
/// <param name="FilesOf">The id of a turn whose files are sent again, such as that of an edited question; null for none.</param>
internal sealed record MessageRequest(
    string? Text, IReadOnlyList<ImageUpload?>? Images, IReadOnlyList<FileUpload?>? Files, string? After, bool Search, string? Model, string? Effort, string? Fault, string? FilesOf);

/// <summary>An uploaded image.</summary>
/// <param name="Data">The bytes, as base64.</param>
internal sealed record ImageUpload([property: JsonConverter(typeof(Base64Converter))] byte[]? Data);

/// <summary>An uploaded file.</summary>
/// <param name="Name">The name.</param>
/// <param name="MediaType">The type that the browser names; the first bytes decide.</param>
/// <param name="Data">The bytes, as base64.</param>
internal sealed record FileUpload(string? Name, string? MediaType, [property: JsonConverter(typeof(Base64Converter))] byte[]? Data);

/// <summary>A request about a turn.</summary>
/// <param name="Turn">The turn's id.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Model">The model; null for the default.</param>
/// <param name="Effort">The reasoning effort; null for the default.</param>
/// <param name="Fault">The failure to simulate with the emulator; null for none.</param>
internal sealed record TurnRequest(string? Turn, bool Search, string? Model, string? Effort, string? Fault);

/// <summary>A request to resume an unfinished answer.</summary>
/// <param name="KeepPartial">True to continue after the partial answer; false to ask again.</param>
internal sealed record ResumeRequest(bool KeepPartial);

/// <summary>A request to rename a conversation.</summary>
/// <param name="Title">The title, 1 to 200 characters; empty for the beginning of the first message.</param>
internal sealed record RenameRequest(string? Title);

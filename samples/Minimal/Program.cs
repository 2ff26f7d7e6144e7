using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;

var builder = WebApplication.CreateBuilder(args);
builder.AddGrokChatClient().AddConversations();

var app = builder.Build();
app.MapPost("/chat/{id}", (string id, [FromBody] string text, IChatClient grok, CancellationToken cancelled) => TypedResults.ServerSentEvents(
    grok.GetStreamingResponseAsync(text, new() { ConversationId = id }, cancelled).Select(static update => update.Text).Where(static piece => piece.Length > 0)));
app.Run();

using Microsoft.Extensions.AI;

var builder = WebApplication.CreateBuilder(args);
builder.AddGrokChatClient().AddConversations();

var app = builder.Build();
app.Use(static (http, next) => { http.Response.Headers["X-Accel-Buffering"] = "no"; return next(http); }); // nginx then passes on each piece at once
app.MapPost("/chat/{id}", (string id, [Microsoft.AspNetCore.Mvc.FromBody] string text, IChatClient grok, CancellationToken cancelled) => Answer(id, text, grok, cancelled));
app.MapPost("/chat/{id}", async (string id, Stream body, IChatClient grok, CancellationToken cancelled) => Answer(id, await new StreamReader(body).ReadToEndAsync(cancelled), grok, cancelled)).Accepts<string>("text/plain", "application/x-www-form-urlencoded").WithOrder(-1);
app.Run();

static IResult Answer(string id, string text, IChatClient grok, CancellationToken cancelled) => string.IsNullOrWhiteSpace(text) ? TypedResults.BadRequest("The message is empty.") : TypedResults.ServerSentEvents(
    grok.GetStreamingResponseAsync(text, new() { ConversationId = id }, cancelled).Select(static update => update.Text).Where(static piece => piece.Length > 0));

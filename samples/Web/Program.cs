using Web;

await using var app = await ChatApp.BuildAsync(args);
await app.RunAsync();

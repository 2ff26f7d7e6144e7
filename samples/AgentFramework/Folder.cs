using System.Text.Json;
using Microsoft.Agents.AI;

namespace Sample;

/// <summary>The folder that keeps the state of the scenarios between two processes.</summary>
internal sealed class Folder(string path)
{
    public string FileOf(string name) => Path.Combine(Directory.CreateDirectory(path).FullName, name);

    #region sessions
    /// <summary>Loads the session that an earlier process saved; creates one if there is none.</summary>
    public async Task<AgentSession> LoadAsync(AIAgent agent, string name)
    {
        var file = FileOf(name);
        return File.Exists(file)
            ? await agent.DeserializeSessionAsync(JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file)))
            : await agent.CreateSessionAsync();
    }

    public async Task SaveAsync(AIAgent agent, AgentSession session, string name) =>
        await File.WriteAllTextAsync(FileOf(name), (await agent.SerializeSessionAsync(session)).GetRawText());
    #endregion
}

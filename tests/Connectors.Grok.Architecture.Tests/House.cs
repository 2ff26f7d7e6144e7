using Connectors.Grok.Tests;

namespace Connectors.Grok.Architecture.Tests;

/// <summary>A project whose rooms have an order.</summary>
/// <param name="Folder">The project's folder, relative to the repository.</param>
/// <param name="IsWeb">Whether the project has the implicit usings of the web SDK.</param>
/// <param name="Order">The rooms from the bottom to the top. A room may use every room that is named before it, and no other.</param>
public sealed record House(string Folder, bool IsWeb, IReadOnlyList<string> Order)
{
    /// <summary>The projects whose rooms are checked.</summary>
    public static readonly IReadOnlyList<House> All =
    [
        new(
            "src/Connectors.Grok",
            IsWeb: false,
            [
                "Responses", // The wire's records; no logic.
                "Serialization", // Records as JSON and back.
                "Foundation", // Shared by all rooms: options, settings, exceptions, keys, log, instruments, buffers.
                "Transport/Http", // Records to bytes, bytes to records and events: requests, retries, timeouts, errors.
                "Caching", // The service's prompt cache: keys, and histories that no longer begin as before.
                "Mapping", // Shared by the mapping: diagnostics, additional properties.
                "Mapping/Schemas", // JSON schemas as xAI accepts them.
                "Mapping/Options", // ChatOptions and tools to the request's members.
                "Mapping/Contents", // One content type in both directions: calls, reasoning, images, files, citations.
                "Mapping/Answers", // Responses and events to ChatResponse and updates.
                "Mapping/Requests", // Messages to input items, and the whole request.
                "Telemetry", // Activities and metrics of calls.
                "", // The clients, which compose the other rooms.
                "Conversations", // The contract: turns, stores, options, exceptions.
                "Conversations/Storage", // The store in memory.
                "Conversations/History", // The content of a turn, its fingerprint, and a history of turns.
                "Conversations/Engine", // One call on a conversation, and the clients and the manager over it.
                "DependencyInjection", // Registration.
            ]),
        new(
            "src/Connectors.Grok.Emulator",
            IsWeb: true,
            [
                "Foundation", // Shared by all rooms: options, profile, the error of the API, JSON writing, word pieces.
                "Turns", // A request and its answer as data; no JSON is written here.
                "Catalog", // The models of the service: names, limits, prices, token counts.
                "Hosts", // What hosts other than xAI do differently: paths, credentials, names, ids, rules of state, errors.
                "Wire", // A turn as JSON and as events: names, shapes and order of what is sent.
                "State", // State between requests: responses, conversations, the prompt cache, encrypted blobs.
                "Rules", // The rules of the API: reads a request strictly and rejects it with xAI's texts.
                "Model", // The built-in model, which answers when no script does.
                "Requests", // Received requests, and assertions about them.
                "Faults", // Faults on demand.
                "Scripts", // Scripted answers of tests.
                "Http", // Bytes on a connection: the two servers, answers, event streams, cuts.
                "Recordings", // Exchanges recorded from a client, their file, and replay.
                "Endpoints", // The life of a request: routes, order of the checks, the making of a turn.
                "", // The host: GrokEmulator, the program and its command line.
            ]),
    ];

    /// <summary>The absolute path of the project's folder.</summary>
    public string Path => Repository.PathTo(Folder);

    /// <inheritdoc/>
    public override string ToString() => Folder;
}

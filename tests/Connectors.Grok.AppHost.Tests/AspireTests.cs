using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.AppHost.Tests;

/// <summary>The code of docs/aspire.md, and the application model that it makes. Nothing is orchestrated: the tests publish the event with which Aspire starts a resource.</summary>
public sealed class AspireTests
{
    private const string Page = "docs/aspire.md";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public void Code_of_the_page_equals_the_compiled_code()
    {
        var page = File.ReadAllText(Repository.PathTo(Page)).ReplaceLineEndings("\n").Split("```csharp\n").Skip(1).Select(static b => b[..b.IndexOf("\n```", StringComparison.Ordinal)].Trim()).ToList();
        Assert.Equal([.. Regions("AspireTests.cs"), .. Regions("GrokEmulatorResource.cs")], page);
    }

    private static void AppHost(IDistributedApplicationBuilder builder)
    {
        #region apphost
        var grok = builder.AddGrokEmulator("grok");
        builder.AddProject("web", "../Web/Web.csproj").WithReference(grok).WaitFor(grok);
        #endregion
    }

    private static void Published(IDistributedApplicationBuilder builder)
    {
        #region published
        IResourceBuilder<IResourceWithConnectionString> grok = builder.ExecutionContext.IsRunMode && string.IsNullOrEmpty(builder.Configuration.GetConnectionString("grok"))
            ? builder.AddGrokEmulator("grok")
            : builder.AddConnectionString("grok"); // Endpoint=https://api.x.ai/v1;Key=…;Model=grok-4.7
        builder.AddProject("web", "../Web/Web.csproj").WithReference(grok);
        #endregion
    }

    private static void Client(IHostApplicationBuilder builder)
    {
        #region client
        builder.AddGrokChatClient().BindConnectionString("grok").AddConversations();
        #endregion
    }

    private static async Task ScriptAsync(DistributedApplicationModel model)
    {
        #region script
        var emulator = await model.Resources.OfType<GrokEmulatorResource>().Single().Emulator;
        emulator.Script.Reply("Paid on Monday.");
        emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.Zero));
        #endregion
    }

    [Fact]
    public async Task Referencing_project_gets_the_connection_string_of_the_emulator()
    {
        var builder = Builder();
        AppHost(builder);
        using var app = builder.Build();
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        var grok = Assert.Single(model.Resources.OfType<GrokEmulatorResource>());
        Assert.Equal("Endpoint={grok.endpoint};Model=grok-4.7", grok.ConnectionStringExpression.ValueExpression);
        Assert.Contains(model.Resources.Single(static r => r.Name == "web").Annotations.OfType<WaitAnnotation>(), w => w.Resource == grok);

        var environment = EnvironmentAsync(app, model);
        Assert.False(environment.IsCompleted, "The project does not wait for the emulator.");
        await InitializeAsync(app, grok);
        var emulator = await grok.Emulator;
        Assert.Equal($"Endpoint={emulator.BaseAddress.AbsoluteUri};Model=grok-4.7", (await environment)["ConnectionStrings__grok"]);
        var notifications = app.Services.GetRequiredService<ResourceNotificationService>();
        await notifications.WaitForResourceAsync("grok", KnownResourceStates.Running, Now).WaitAsync(TimeSpan.FromMinutes(1), Now);

        // The client of the project, with that environment.
        await ScriptAsync(model);
        var client = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        client.Configuration.AddInMemoryCollection((await environment).ToDictionary(static e => e.Key.Replace("__", ":", StringComparison.Ordinal), static e => (string?)e.Value));
        Client(client);
        using var host = client.Build();
        Assert.Equal("Paid on Monday.", (await host.Services.GetRequiredService<IChatClient>().GetResponseAsync("Was my order paid?", new ChatOptions { ConversationId = "t" }, Now)).Text);
        Assert.Equal([429, 200], emulator.Requests.Select(static r => r.Status));

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Throws<ObjectDisposedException>(emulator.CreateHandler);
    }

    [Fact]
    public async Task Emulator_that_cannot_start_fails_the_resource_and_those_that_wait_for_it()
    {
        var builder = Builder();
        var grok = builder.AddGrokEmulator("grok", options: new GrokEmulatorOptions { CacheServers = 0 }).Resource;
        using var app = builder.Build();
        await Assert.ThrowsAsync<ArgumentException>(() => InitializeAsync(app, grok));
        await Assert.ThrowsAsync<ArgumentException>(async () => await grok.ConnectionStringExpression.GetValueAsync(Now));
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(true, "Endpoint=https://api.x.ai/v1;Key=k;Model=grok-4.7", false)]
    [InlineData(false, null, false)]
    public void Published_application_and_one_with_a_connection_string_have_no_emulator(bool isRunMode, string? connection, bool hasEmulator)
    {
        var builder = Builder(isRunMode ? [] : ["--operation", "publish", "--publisher", "manifest", "--output-path", Path.Combine(Path.GetTempPath(), "unused.json")]);
        builder.Configuration["ConnectionStrings:grok"] = connection;
        Assert.Equal(isRunMode, builder.ExecutionContext.IsRunMode);
        Published(builder);
        var resource = Assert.Single(builder.Resources, static r => r.Name == "grok");
        Assert.Equal(hasEmulator, resource is GrokEmulatorResource);
        Assert.IsAssignableFrom<Aspire.Hosting.ApplicationModel.IResourceWithConnectionString>(resource);
    }

    /// <summary>An AppHost beside a project file, which Aspire looks for but does not read in these tests.</summary>
    private static IDistributedApplicationBuilder Builder(params string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
        var project = Path.GetFullPath("../Web/Web.csproj", builder.AppHostDirectory);
        Directory.CreateDirectory(Path.GetDirectoryName(project)!);
        File.WriteAllText(project, """<Project Sdk="Microsoft.NET.Sdk.Web" />""");
        return builder;
    }

    private static Task InitializeAsync(DistributedApplication app, IResource resource)
    {
        var eventing = app.Services.GetRequiredService<IDistributedApplicationEventing>();
        return eventing.PublishAsync(
            new InitializeResourceEvent(resource, eventing, app.Services.GetRequiredService<ResourceLoggerService>(), app.Services.GetRequiredService<ResourceNotificationService>(), app.Services), Now);
    }

    private static async Task<Dictionary<string, string>> EnvironmentAsync(DistributedApplication app, DistributedApplicationModel model)
    {
        var web = model.Resources.Single(static r => r.Name == "web");
        var result = await ExecutionConfigurationBuilder.Create(web).WithEnvironmentVariablesConfig()
            .BuildAsync(app.Services.GetRequiredService<DistributedApplicationExecutionContext>(), NullLogger.Instance, Now);
        return result.EnvironmentVariables.ToDictionary(static e => e.Key, static e => e.Value, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Regions(string file)
    {
        var source = File.ReadAllLines(Repository.PathTo($"tests/Connectors.Grok.AppHost.Tests/{file}"));
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i].TrimStart().StartsWith("#region", StringComparison.Ordinal))
            {
                var indent = source[i].Length - source[i].TrimStart().Length;
                yield return string.Join('\n', source.Skip(i + 1).TakeWhile(static l => !l.TrimStart().StartsWith("#endregion", StringComparison.Ordinal)).Select(l => l.Length > indent ? l[indent..] : "")).Trim();
            }
        }
    }
}

using System.Net.Sockets;
using Connectors.Grok.Emulator;
using Microsoft.AspNetCore.Connections;
using Web.Endpoints;
using Web.Memory;
using Web.Runs;
using Web.Security;

namespace Web;

/// <summary>Composes the application.</summary>
internal static partial class ChatApp
{
    /// <summary>The exit code when the address is in use, or is not one of this machine.</summary>
    private const int CannotListen = 2;

    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Runs the application until it is stopped.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="errors">Receives one line when the application cannot listen on its address.</param>
    /// <param name="configure">Configures the builder; for tests.</param>
    /// <returns>The exit code: 0, or 2 when the application cannot listen on its address.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter errors, Action<WebApplicationBuilder>? configure = null)
    {
        await using var app = await BuildAsync(args, configure);
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await errors.WriteLineAsync($"{e.Message.TrimEnd('.')}. Stop the program that listens there, or choose another address, such as --urls http://localhost:5181");
            return CannotListen;
        }
        catch (SocketException e)
        {
            await errors.WriteLineAsync($"The program cannot listen on {app.Configuration["Urls"]}: {e.Message}. Choose another address, such as --urls http://localhost:5181");
            return CannotListen;
        }
    }

    /// <summary>Builds the application. Without a key and an endpoint, starts an emulator in this process.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Configures the builder; for tests.</param>
    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = WebSettings.SmallBody;
        });
        // The host logs a failed start with its stack trace, and RunAsync reports it as well.
        var isStarted = false;
        builder.Logging.AddFilter(HostCategory, level => isStarted && level >= LogLevel.Information);
        configure?.Invoke(builder);

        var settings = builder.Configuration.GetSection("Web").Get<WebSettings>() ?? new();
        var emulator = NeedsEmulator(builder.Configuration) ? await GrokEmulator.StartAsync(EmulatorOptions()) : null;
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(new FaultSimulation(emulator is not null, settings.FaultPanel || emulator is not null));
        AddGrok(builder, settings, emulator);
        AddServices(builder.Services, settings);

        var app = builder.Build();
        Use(app);
        app.Lifetime.ApplicationStarted.Register(() => isStarted = true);
        if (emulator is not null)
        {
            LogEmulator(app.Logger);
        }

        return app;
    }

    private static void AddGrok(WebApplicationBuilder builder, WebSettings settings, GrokEmulator? emulator)
    {
        builder.Services.AddTransient<FaultHandler>();
        var grok = builder.AddGrokChatClient();
        grok.HttpClient.AddHttpMessageHandler<FaultHandler>();
        if (emulator is not null)
        {
            // Registered by a factory, so that the container disposes it.
            builder.Services.AddSingleton(_ => emulator);
            grok.Configure(options => options.Endpoint = emulator.BaseAddress);
        }

        var conversations = builder.Services.AddGrokConversations().Configure(static options => options.KeepUnanswered = true);
        var connection = builder.Configuration.GetConnectionString("Conversations");
        _ = connection is null ? conversations.UseSqlite(settings.Database)
            : connection.Contains("Data Source=", StringComparison.OrdinalIgnoreCase) ? conversations.UseSqliteConnectionString(connection)
            : IsRedis(connection) ? conversations.UseRedis(connection)
            : conversations.UsePostgres(connection);
    }

    // Redis: host:port,host:port,option=value. PostgreSQL: Host=...;Database=...
    private static bool IsRedis(string connection) => !connection.Split(',', ';')[0].Contains('=', StringComparison.Ordinal);

    private static void AddServices(IServiceCollection services, WebSettings settings)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<RunHub>();
        services.AddHostedService(static sp => sp.GetRequiredService<RunHub>());
        services.AddSingleton<TurnRunner>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<ConversationReader>();
        services.AddSingleton<HeldBytes>();
        services.AddSingleton<TurnCache>();
        services.AddSingleton<Markdown.AnswerTrees>();
        services.AddSingleton<ModelChoices>();
        services.AddSingleton<VisitorKeys>();
        services.AddProblemDetails(static options => options.CustomizeProblemDetails = Problems.AddTraceId);
        services.AddExceptionHandler<ProblemHandler>();
        services.AddRateLimits(settings);
        services.AddHealthChecks().AddGrok().AddGrokConversations();
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(static options =>
        {
            options.SerializerOptions.MaxDepth = WebJson.Depth;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, WebJson.Default);
        });
    }

    private static void Use(WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler();
        app.UseStatusCodePages(static context =>
            Problems.WriteAsync(context.HttpContext, Problems.FromStatus(context.HttpContext.Response.StatusCode)).AsTask());
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseWhen(static context => context.Request.Path.StartsWithSegments("/api"), static api => api.UseMiddleware<Visitors>());
        app.UseRateLimiter();
        app.UseMiddleware<SameSite>();
        app.UseWhen(static context => context.Request.Path.StartsWithSegments("/api"), static api => api.UseMiddleware<MessageBodies>());
        app.MapVisit();
        app.MapConversations();
        app.MapMessages();
        app.MapRuns();
        app.MapHealthChecks("/healthz");
    }

    private static bool NeedsEmulator(ConfigurationManager configuration) =>
        new[] { "XAI_API_KEY", "XAI_BASE_URL", "Grok:ApiKey", "Grok:Endpoint" }.All(name => string.IsNullOrWhiteSpace(configuration[name]));

    // The speed of a model, for demonstration.
    private static GrokEmulatorOptions EmulatorOptions() => new()
    {
        TokenDelay = TimeSpan.FromMilliseconds(35),
        ThinkingDelay = TimeSpan.FromMilliseconds(120),
        MaxRecordedRequests = 20,
    };

    [LoggerMessage(1, LogLevel.Information, "No XAI_API_KEY: using a local emulator of the API, not Grok.")]
    private static partial void LogEmulator(ILogger logger);
}

/// <summary>Whether answers are emulated, and whether visitors can simulate failures.</summary>
/// <param name="IsEmulated">Whether the emulator in this process answers instead of Grok.</param>
/// <param name="CanInjectFaults">Whether visitors can simulate failures.</param>
internal sealed record FaultSimulation(bool IsEmulated, bool CanInjectFaults);

using Chat;

return await ChatProgram.RunAsync(args);

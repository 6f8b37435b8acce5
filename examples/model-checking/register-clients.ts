import { assign, setup } from 'xstate';
import type { ActorSpec } from 'troupe/testing';
import { registerClient, type RegisterAnswer, type RegisterClientInput } from 'troupe/machines';
import { tell } from 'troupe';
